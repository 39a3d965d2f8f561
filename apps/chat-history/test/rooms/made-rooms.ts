// A chat-history in which rooms must be made, what it publishes of access to them, and one who makes them.
import { ChatAccessPubSub, RoomAnswer, type Room } from "@parley/contracts";
import { expect } from "vitest";
import { channels, openHistory } from "../fixture.ts";

export interface MadeRooms {
  history: Awaited<ReturnType<typeof openHistory>>;
  eventsOf(this: void, roomId: string): ChatAccessPubSub[];
  make(this: void, owner: string, kind: "public" | "private", id?: string): Promise<Room>;
}

export async function openMadeRooms(): Promise<MadeRooms> {
  const history = await openHistory({ env: { ROOMS_AUTO_CREATE: "false" } });
  const events: ChatAccessPubSub[] = [];
  await history.bus.subscribe(channels.access, (payload) => events.push(ChatAccessPubSub.parse(JSON.parse(payload))));
  return {
    history,
    eventsOf: (roomId) => events.filter((event) => event.roomId === roomId),
    make: async (owner, kind, id) => {
      const { status, body } = await history.callAs(owner)("post", "/rooms", { id, name: "Room", kind });
      expect(status).toBe(201);
      return RoomAnswer.parse(body).room;
    },
  };
}
