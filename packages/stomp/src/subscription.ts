// One subscription of a session, and the messages it has not acknowledged. It must not know other subscriptions.
import type { Destination } from "./broker.ts";
import { encodeHeader } from "./encode.ts";
import { Fault } from "./fault.ts";
import type { Session } from "./session.ts";
import type { Version } from "./version.ts";

export type AckMode = "auto" | "client" | "client-individual";

export interface SubscriptionOptions<P> {
  id: string | undefined;
  destination: string;
  ack: AckMode;
  session: Session<P>;
  handler: Destination<P>;
  version: Version;
}

/** `opening` until its Destination has accepted it. */
type SubscriptionState = "opening" | "open" | "closed";

export class Subscription<P> {
  /** Undefined only in 1.0. */
  readonly id: string | undefined;
  readonly destination: string;
  readonly ack: AckMode;
  readonly session: Session<P>;
  readonly handler: Destination<P>;
  /** Its line in every MESSAGE, or nothing: subscriptions that share it may share frames. */
  readonly headerLine: string;
  /** For whoever owns the destination. */
  data: unknown = undefined;
  state: SubscriptionState = "opening";
  readonly #window = new Map<string, string>();

  constructor({ id, destination, ack, session, handler, version }: SubscriptionOptions<P>) {
    this.id = id;
    this.destination = destination;
    this.ack = ack;
    this.session = session;
    this.handler = handler;
    this.headerLine = id === undefined ? "" : encodeHeader("subscription", id, version);
  }

  /** What an ACK would name, to the message's id; the oldest first. */
  get unacknowledged(): ReadonlyMap<string, string> {
    return this.#window;
  }

  /** @param key what an ACK will name */
  delivered(key: string, messageId: string): void {
    this.#window.set(key, messageId);
  }

  /** Takes the message out of the window, in mode `client` all before it too, and returns their ids. */
  acknowledge(key: string): string[] {
    const messageId = this.#window.get(key);
    if (messageId === undefined) return [];
    const messageIds: string[] = [];
    if (this.ack === "client") {
      for (const [earlier, earlierId] of this.#window) {
        if (earlier === key) break;
        this.#window.delete(earlier);
        messageIds.push(earlierId);
      }
    }
    this.#window.delete(key);
    messageIds.push(messageId);
    return messageIds;
  }
}

/** @throws Fault PROTOCOL */
export function parseAckMode(header = "auto"): AckMode {
  if (header === "auto" || header === "client" || header === "client-individual") return header;
  throw new Fault("PROTOCOL", "unknown ack mode");
}
