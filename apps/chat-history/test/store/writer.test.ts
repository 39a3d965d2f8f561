import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Stored } from "../../src/store/record.ts";
import { openWriter } from "../../src/store/writer.ts";
import { append, channels, messageFor, openHistory, watchOutcomes } from "../fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

describe("the right to write", () => {
  let history: History;
  beforeAll(async () => {
    history = await openHistory();
  });
  afterAll(() => history.close());

  test("is one connection's at a time, and free when that ends", async () => {
    const [one, other] = [
      await openWriter({ databaseUrl: history.databaseUrl, partition: 7, createsRooms: true }),
      await openWriter({ databaseUrl: history.databaseUrl, partition: 7, createsRooms: true }),
    ];
    expect([await one.tryLock(), await other.tryLock(), await one.tryLock()]).toEqual([true, false, true]);
    await one.close();
    await expect.poll(() => other.tryLock()).toBe(true);
    await other.close();
  });

  test("ends with the connection: a writer that lost it stores nothing (P-7)", async () => {
    const writer = await openWriter({ databaseUrl: history.databaseUrl, partition: 8, createsRooms: true });
    await writer.tryLock();
    await history.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley recorder 8'",
    );
    const roomId = randomUUID();
    await expect(writer.store([messageFor(roomId)])).rejects.toThrow();
    const { rows } = await history.pool.query("SELECT FROM chat.message WHERE room_id = $1", [roomId]);
    expect(rows).toHaveLength(0);
  });

  test("what was committed but never told is told by the next reader (guarantee §2.2)", async () => {
    const writer = await openWriter({ databaseUrl: history.databaseUrl, partition: 9, createsRooms: true });
    const message = messageFor(randomUUID());
    const [stored] = (await writer.store([message])) as Stored[];
    await writer.close();
    const outcomes = await watchOutcomes(history.bus, [message]);
    await append(history.bus, [message]);
    expect(await outcomes.all).toMatchObject([{ via: message.via, id: stored?.message.id, seq: 1 }]);
  });

  test("a batch that PostgreSQL refuses stores nothing at all", async () => {
    const writer = await openWriter({ databaseUrl: history.databaseUrl, partition: 10, createsRooms: true });
    const roomId = randomUUID();
    await expect(writer.store([messageFor(roomId), messageFor(roomId, { content: "\0" })])).rejects.toThrow();
    expect((await writer.store([messageFor(roomId)]))[0]).toMatchObject({ message: { seq: 1 } });
    await writer.close();
  });

  test("nothing is left on the way", async () => {
    const reader = history.bus.read({ name: channels.log });
    await expect.poll(() => reader.next(10, 0)).toEqual([]);
    await reader.close();
  });
});
