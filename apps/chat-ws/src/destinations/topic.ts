// SUBSCRIBE /topic/{roomId}: what is said in a room, from now on, or from a seq on, for as long as the account may read it.
import { parseTopic, Refusal, RoomId, Seq } from "@parley/contracts";
import type { Destination } from "@parley/stomp";
import type { Access } from "../access.ts";
import type { Principal } from "../broker.ts";
import type { Listener } from "../delivery.ts";
import type { Logins } from "../logins.ts";
import type { GatewayMetrics } from "../metrics.ts";
import { tellEnded, tellResync } from "../rejections.ts";
import type { Rooms } from "../rooms.ts";
import { Seat } from "../seat.ts";

export interface TopicOptions {
  rooms: Rooms<Listener>;
  access: Access;
  logins: Logins;
  metrics: Pick<GatewayMetrics, "accessEnded">;
}

export function createTopic({ rooms, access, logins, metrics }: TopicOptions): Destination<Principal> {
  /** The account may read: from this turn on it is heard of when it no longer may. */
  function seat(roomId: string, accountId: string, listener: Listener): Seat {
    return Seat.take(listener, (ended) =>
      access.watch({ roomId, accountId }, () => {
        metrics.accessEnded.inc();
        ended();
        rooms.leave(roomId, listener);
        // What is still on its way in is told by its refusal.
        if (Seat.of(listener)?.isSettled === true) tellEnded(listener, roomId);
      }),
    );
  }

  async function enter(roomId: string, listener: Listener, after: number | undefined) {
    const taken = Seat.of(listener);
    try {
      await (after === undefined ? rooms.join(roomId, listener) : resume(roomId, listener, after));
      if (taken?.isEnded !== false) throw new Refusal("FORBIDDEN", "may no longer read", { roomId });
      taken.isSettled = true;
    } catch (error) {
      taken?.leave();
      rooms.leave(roomId, listener);
      throw error;
    }
  }

  /** Done when the listener is live; it was told if it must load pages first. One at a time on each connection. */
  async function resume(roomId: string, listener: Listener, after: number) {
    const { principal } = listener.session;
    const before = principal?.replaying;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (principal) principal.replaying = promise;
    try {
      await before;
      const position = await rooms.resume(roomId, listener, after);
      if (position) tellResync([listener], position);
    } finally {
      resolve();
    }
  }

  return {
    async subscribe(session, subscription, headers) {
      const { accountId } = logins.identityOf(session);
      const roomId = parseRoomId(subscription.destination);
      const after = parseAfter(headers.get("after"));
      await access.require("read", { roomId, accountId });
      seat(roomId, accountId, subscription);
      const entered = enter(roomId, subscription, after);
      // A replay may take long: later frames do not wait for it.
      return after === undefined ? entered : { settled: entered };
    },
    unsubscribe(_session, subscription) {
      Seat.of(subscription)?.leave();
      rooms.leave(parseTopic(subscription.destination) ?? "", subscription);
    },
  };
}

function parseRoomId(destination: string): string {
  const roomId = RoomId.safeParse(parseTopic(destination));
  if (!roomId.success) throw new Refusal("INVALID", "not a room id");
  return roomId.data;
}

function parseAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const after = /^\d{1,15}$/.test(header) ? Seq.safeParse(Number(header)) : undefined;
  if (!after?.success) throw new Refusal("INVALID", "`after` is not a seq");
  return after.data;
}
