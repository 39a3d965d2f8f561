// SUBSCRIBE /topic/{roomId}: what is said in a room, from now on, or from a seq on.
import { parseTopic, Refusal, RoomId, Seq } from "@parley/contracts";
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";
import type { Listener } from "../delivery.ts";
import { tellResync } from "../rejections.ts";
import type { Rooms } from "../rooms.ts";

export function createTopic(rooms: Rooms<Listener>): Destination<Principal> {
  /** Done when the listener is live; it was told if it must load pages first. One at a time on each connection. */
  async function resume(roomId: string, listener: Listener, after: number) {
    const { principal } = listener.session;
    const before = principal?.replaying;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (principal) principal.replaying = promise;
    try {
      await before;
      await replay(roomId, listener, after);
    } finally {
      resolve();
    }
  }

  async function replay(roomId: string, listener: Listener, after: number) {
    const position = await rooms.resume(roomId, listener, after);
    if (position) tellResync([listener], position);
  }

  return {
    async subscribe(_session, subscription, headers) {
      const roomId = parseRoomId(subscription.destination);
      const after = parseAfter(headers.get("after"));
      if (after === undefined) return rooms.join(roomId, subscription);
      // It may take long: later frames do not wait for it.
      return { settled: resume(roomId, subscription, after) };
    },
    unsubscribe(_session, subscription) {
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
