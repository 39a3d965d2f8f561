import { randomUUID } from "node:crypto";
import type { ChatMessagePubSub } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { append, channels, messageFor, openHistory, record, watchOutcomes } from "./fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

const notFound = ({ roomId, tempId, sender, via }: ChatMessagePubSub) => ({
  roomId,
  tempId,
  sender,
  via,
  code: "NOT_FOUND",
});

describe.each([
  { mode: "where rooms are made first", env: { ROOMS_AUTO_CREATE: "false" }, createsRooms: false },
  { mode: "where rooms come into being by themselves", env: { ROOMS_AUTO_CREATE: "true" }, createsRooms: true },
])("messages of rooms that are not there, $mode", ({ env, createsRooms }) => {
  let history: History;
  beforeAll(async () => {
    history = await openHistory({ env });
  });
  afterAll(() => history.close());

  async function makeRoom() {
    const { body } = await history.callAs("alice")("post", "/rooms", { name: "Room", kind: "private" });
    return body.room.id as string;
  }
  async function stored(roomId: string) {
    const { rows } = await history.pool.query("SELECT FROM chat.message WHERE room_id = $1", [roomId]);
    return rows.length;
  }

  test("are rejected, or make the room; a room of two they never make (guarantee §2.2)", async () => {
    const unknown = messageFor(randomUUID());
    const direct = messageFor(`dm-${"z".repeat(43)}`);
    const outcomes = await record(history.bus, [unknown, direct]);
    expect(outcomes).toContainEqual(notFound(direct));
    if (createsRooms) expect(outcomes).toContainEqual(expect.objectContaining({ via: unknown.via, seq: 1 }));
    else expect(outcomes).toContainEqual(notFound(unknown));
    expect([await stored(unknown.roomId), await stored(direct.roomId)]).toEqual([createsRooms ? 1 : 0, 0]);
    const { rows } = await history.pool.query("SELECT FROM chat.room WHERE id = $1", [direct.roomId]);
    expect(rows).toEqual([]);
  });

  test("and of deleted rooms are rejected, while the others in their batch are stored", async () => {
    const [there, gone] = [await makeRoom(), await makeRoom()];
    await record(history.bus, [messageFor(gone)]);
    expect((await history.callAs("alice")("delete", `/rooms/${gone}`)).status).toBe(204);
    const messages = Array.from({ length: 40 }, (_, n) => messageFor(n % 2 === 0 ? there : gone));
    const outcomes = new Map((await record(history.bus, messages)).map((outcome) => [outcome.via, outcome]));
    for (const [n, message] of messages.entries())
      expect(outcomes.get(message.via)).toMatchObject(n % 2 === 0 ? { seq: n / 2 + 1 } : notFound(message));
    expect([await stored(there), await stored(gone)]).toEqual([20, 1]);
    const reader = history.bus.read({ name: channels.log });
    await expect.poll(() => reader.next(10, 0)).toEqual([]);
    await reader.close();
  });

  test("of a room that is being deleted are each stored or rejected, none is forgotten", async () => {
    const roomId = await makeRoom();
    const messages = Array.from({ length: 200 }, () => messageFor(roomId));
    const watched = await watchOutcomes(history.bus, messages);
    const deleting: Promise<unknown>[] = [];
    for (const [n, message] of messages.entries()) {
      await append(history.bus, [message]);
      if (n === 100) deleting.push(history.callAs("alice")("delete", `/rooms/${roomId}`));
    }
    await Promise.all(deleting);
    const outcomes = await watched.all;
    expect(outcomes.filter((outcome) => "seq" in outcome)).toHaveLength(await stored(roomId));
    const [last] = await record(history.bus, [messageFor(roomId)]);
    expect(last).toMatchObject({ code: "NOT_FOUND" });
  });

  test("from older services are rejected too", async () => {
    const roomId = createsRooms ? `dm-${"w".repeat(43)}` : randomUUID();
    const heard: { roomId: string; code: string }[] = [];
    await history.bus.subscribe(channels.rejected, (payload) => heard.push(JSON.parse(payload)));
    const foreign = { roomId, tempId: randomUUID(), sender: "old", content: "text" };
    await history.bus.publish(channels.message, roomId, JSON.stringify(foreign));
    await expect
      .poll(() => heard.filter((one) => one.roomId === roomId))
      .toMatchObject([{ tempId: foreign.tempId, code: "NOT_FOUND" }]);
    expect(await stored(roomId)).toBe(0);
  });
});
