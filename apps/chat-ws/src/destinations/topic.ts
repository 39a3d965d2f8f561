// SUBSCRIBE /topic/{roomId}: what is said in a room, from now on.
import { parseTopic, Refusal, RoomId } from "@parley/contracts";
import type { Destination } from "@parley/stomp";
import type { Principal } from "../broker.ts";
import type { Listener } from "../delivery.ts";
import type { Rooms } from "../rooms.ts";

export function createTopic(rooms: Rooms<Listener>): Destination<Principal> {
  return {
    async subscribe(_session, subscription, headers) {
      // Going live without what was asked for would skip messages silently.
      if (headers.has("after")) throw new Refusal("INVALID", "resuming by `after` is not there yet");
      await rooms.join(parseRoomId(subscription.destination), subscription);
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
