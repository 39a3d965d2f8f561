// Refusals that do not end the connection are told on `/user/queue/errors` (STOMP departure D-2).
import { randomUUID } from "node:crypto";
import { destinations, Refusal, type ChatRejected, type Position } from "@parley/contracts";
import type { Session } from "@parley/stomp";
import type { Principal } from "./broker.ts";
import type { Listener } from "./delivery.ts";

/** False if the session is not subscribed to its errors: then only an ERROR frame can tell. */
export function tellRejected(session: Session<Principal>, refusal: Refusal, more: Partial<ChatRejected>): boolean {
  const listeners = [...session.subscriptions.values()].filter(
    ({ destination }) => destination === destinations.errors,
  );
  if (listeners.length === 0) return false;
  const { text, retryable } = refusal.entry;
  const rejected: ChatRejected = { code: refusal.code, message: text, retryable, ...refusal.context, ...more };
  const message = {
    messageId: randomUUID(),
    destination: destinations.errors,
    contentType: "application/json",
    body: JSON.stringify(rejected),
  };
  for (const subscription of listeners) session.message(subscription, message);
  return true;
}

/** Tells a subscription that it is given nothing any more: its account may no longer read the room. */
export function tellEnded({ session, id }: Listener, roomId: string): void {
  const refusal = new Refusal("FORBIDDEN", "may no longer read", { roomId });
  if (!tellRejected(session, refusal, { subscription: id })) session.end(refusal);
}

/** Tells subscriptions that they cannot be given all they missed: load pages, go on live from this position. */
export function tellResync(listeners: Iterable<Listener>, position: Position): void {
  for (const { session, id } of listeners) {
    const refusal = new Refusal("RESYNC", "too far behind");
    const told = tellRejected(session, refusal, { subscription: id, position });
    if (!told) session.end(refusal, { seq: String(position.seq) });
  }
}
