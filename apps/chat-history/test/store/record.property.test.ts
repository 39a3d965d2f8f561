import { randomUUID } from "node:crypto";
import type { ChatMessagePubSub } from "@parley/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stored } from "../../src/store/record.ts";
import { openWriter, type Writer } from "../../src/store/writer.ts";
import { messageFor, openHistory } from "../fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

describe("a batch", () => {
  let history: History;
  let writer: Writer;
  beforeAll(async () => {
    history = await openHistory();
    writer = await openWriter({ databaseUrl: history.databaseUrl, partition: 77, createsRooms: true });
  });
  afterAll(async () => {
    await writer.close();
    await history.close();
  });

  const read = async (roomId: string) => {
    const { rows } = await history.pool.query(
      `SELECT m.id, seq::int, change_seq::int AS "changeSeq", temp_id AS "tempId", sender, content, last_seq::int AS "last"
       FROM chat.message m JOIN chat.room ON room.id = room_id WHERE room_id = $1 ORDER BY seq`,
      [roomId],
    );
    return rows;
  };

  test("of new, known and doubled entries is stored as one by one: in order, without holes, once each (G-3, G-4)", async () => {
    const entry = fc.record({ room: fc.nat(2), tempId: fc.nat(8), sender: fc.nat(1), content: fc.nat(1) });
    const batches = fc.array(fc.array(entry, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (run) => {
        // A new one each time: once it has met a known entry it is careful for a while.
        const fresh = await openWriter({ databaseUrl: history.databaseUrl, partition: 78, createsRooms: true });
        const rooms = Array.from({ length: 3 }, () => randomUUID());
        const tempIds = Array.from({ length: 9 }, () => randomUUID());
        const expected = new Map<string, ChatMessagePubSub[]>(rooms.map((roomId) => [roomId, []]));
        for (const batch of run) {
          const messages = batch.map(({ room, tempId, sender, content }) =>
            messageFor(rooms[room]!, { tempId: tempIds[tempId]!, sender: `s${sender}`, content: `${content}` }),
          );
          const outcomes = await fresh.store(messages);
          for (const [n, message] of messages.entries()) {
            const all = expected.get(message.roomId)!;
            const isSame = (one: ChatMessagePubSub) => one.tempId === message.tempId && one.sender === message.sender;
            if (!all.some(isSame)) all.push(message);
            const seq = all.findIndex(isSame) + 1;
            const first = all[seq - 1]!;
            expect(outcomes[n]).toMatchObject({
              same: first.content === message.content,
              message: { seq, changeSeq: seq, tempId: message.tempId, content: first.content, deleted: false },
            });
          }
        }
        await fresh.close();
        for (const [roomId, messages] of expected) {
          const rows = await read(roomId);
          expect(rows).toMatchObject(
            messages.map(({ tempId, sender, content }, n) => ({
              seq: n + 1,
              changeSeq: n + 1,
              tempId,
              sender,
              content,
              last: messages.length,
            })),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test("names each message by the id that PostgreSQL gave it, and its time", async () => {
    const roomIds = [randomUUID(), randomUUID(), randomUUID()];
    const messages = Array.from({ length: 500 }, (_, n) =>
      messageFor(roomIds[n % 3]!, { content: `text, "${n}"\n{}` }),
    );
    const stored = (await writer.store(messages)) as Stored[];
    for (const roomId of roomIds) {
      const own = stored.flatMap((one) => (one.message.roomId === roomId ? [one.message] : []));
      const rows = await read(roomId);
      expect(own.map(({ id, seq, content }) => ({ id, seq, content }))).toEqual(
        rows.map(({ id, seq, content }) => ({ id, seq, content })),
      );
    }
    const { rows } = await history.pool.query(
      "SELECT created_at FROM chat.message WHERE room_id = $1 LIMIT 1",
      roomIds.slice(0, 1),
    );
    expect(stored[0]?.message.createdAt).toBe(rows[0].created_at.toISOString());
  });

  test("remembers the name that a sender went by last, unless chat-auth has said it", async () => {
    const roomId = randomUUID();
    const sender = randomUUID();
    const nameOf = async () =>
      (await history.pool.query("SELECT name FROM chat.sender WHERE account_id = $1", [sender])).rows[0]?.name;
    await writer.store([
      messageFor(roomId, { sender, senderName: "One" }),
      messageFor(roomId, { sender, senderName: "Two" }),
    ]);
    expect(await nameOf()).toBe("Two");
    await writer.store([messageFor(roomId, { sender, senderName: "Three" })]);
    expect(await nameOf()).toBe("Three");
    const message = messageFor(roomId, { sender, senderName: "Four" });
    await writer.store([message, { ...message, via: "again" }]);
    expect(await nameOf()).toBe("Four");
    await writer.store([messageFor(roomId, { sender, senderName: "Five" })]);
    expect(await nameOf()).toBe("Five");
    await history.pool.query("UPDATE chat.sender SET name = 'Of chat-auth', version = 1 WHERE account_id = $1", [
      sender,
    ]);
    const later = messageFor(roomId, { sender, senderName: "Six" });
    await writer.store([later]);
    await writer.store([later, messageFor(roomId, { sender, senderName: "Seven" })]);
    expect(await nameOf()).toBe("Of chat-auth");
  });
});
