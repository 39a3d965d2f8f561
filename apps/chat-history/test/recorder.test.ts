import { randomUUID } from "node:crypto";
import { createMemoryBus, createRedisBus, type Bus } from "@parley/bus";
import { startRedis } from "@parley/embedded";
import fc from "fast-check";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { append, channels, messageFor, openHistory, record, watchOutcomes } from "./fixture.ts";

type History = Awaited<ReturnType<typeof openHistory>>;

const buses = [
  { name: "memory", open: async () => ({ bus: createMemoryBus(), stop: async () => {} }) },
  {
    name: "Redis",
    async open() {
      const redis = await startRedis();
      const bus = await createRedisBus({ url: redis.url });
      return { bus, stop: () => redis.stop() };
    },
  },
];

describe.each(buses)("the recorder on $name", ({ open }) => {
  let bus: Bus;
  let stop: () => Promise<void>;
  let history: History;

  beforeAll(async () => {
    ({ bus, stop } = await open());
    history = await openHistory({ bus });
  });
  afterAll(async () => {
    await history.close();
    await bus.close();
    await stop();
  });

  async function rows(roomId: string) {
    const { rows: found } = await history.pool.query(
      "SELECT seq::int, content FROM chat.message WHERE room_id = $1 ORDER BY seq",
      [roomId],
    );
    return found as { seq: number; content: string }[];
  }

  async function logLength() {
    const reader = bus.read({ name: channels.log });
    const entries = await reader.next(1000, 0);
    await reader.close();
    return entries.length;
  }

  test("gives messages 1, 2, 3, … in the order of the log, and confirms each by its via (G-4, G-6)", async () => {
    const roomId = randomUUID();
    const messages = Array.from({ length: 300 }, (_, n) => messageFor(roomId, { content: `text ${n + 1}` }));
    const outcomes = await record(bus, messages);
    expect(outcomes.map(({ via }) => via)).toEqual(messages.map(({ via }) => via));
    expect(outcomes.map((outcome) => "seq" in outcome && outcome.seq)).toEqual(messages.map((_, n) => n + 1));
    expect(await rows(roomId)).toEqual(messages.map(({ content }, n) => ({ seq: n + 1, content })));
  });

  test("stores the same tempId once, and confirms every attempt with the same id and seq (G-3)", async () => {
    const roomId = randomUUID();
    const message = messageFor(roomId);
    const repeated = [message, { ...message, via: "second" }];
    const first = await record(bus, repeated);
    const [later] = await record(bus, [{ ...message, via: "much later" }]);
    expect(
      new Set([...first, later].map((outcome) => outcome && "id" in outcome && `${outcome.id} ${outcome.seq}`)).size,
    ).toBe(1);
    expect(await rows(roomId)).toHaveLength(1);
  });

  test("keeps the same tempId of another sender or room apart (B-56, P-22)", async () => {
    const [roomId, otherRoom] = [randomUUID(), randomUUID()];
    const message = messageFor(roomId);
    await record(bus, [message, { ...message, sender: "bob", via: "b" }, { ...message, roomId: otherRoom, via: "c" }]);
    expect([(await rows(roomId)).length, (await rows(otherRoom)).length]).toEqual([2, 1]);
  });

  test("refuses other content under a tempId that is taken, and says what holds it (P-23)", async () => {
    const roomId = randomUUID();
    const message = messageFor(roomId, { content: "first" });
    const outcomes = await record(bus, [message, { ...message, content: "other", via: "other" }]);
    expect(outcomes.find(({ via }) => via === "other")).toMatchObject({
      code: "CONFLICT",
      stored: { content: "first", seq: 1 },
    });
    expect(await rows(roomId)).toEqual([{ seq: 1, content: "first" }]);
  });

  test("moves what is no message to the dead log and goes on", async () => {
    const roomId = randomUUID();
    const log = { name: channels.log };
    for (const payload of [
      "no JSON",
      "{}",
      JSON.stringify(messageFor("../room")),
      JSON.stringify(messageFor(roomId, { content: "\0" })),
    ]) {
      await bus.append(log, "", payload);
    }
    await record(bus, [messageFor(roomId)]);
    const reader = bus.read({ name: channels.dead });
    expect(await reader.next(100, 1000)).toHaveLength(4);
    await reader.close();
    expect(await rows(roomId)).toHaveLength(1);
  });

  test("gives up what PostgreSQL refuses after three tries, tells its sender, and stores all others in order (F-11)", async () => {
    const roomId = randomUUID();
    const counted = `poisoned_${roomId.replaceAll("-", "")}`;
    await history.pool.query(`
      CREATE SEQUENCE ${counted};
      CREATE FUNCTION refuse_${counted}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.content = 'poison' AND NEW.room_id = '${roomId}' THEN
          PERFORM nextval('${counted}');
          RAISE EXCEPTION 'refused' USING ERRCODE = '22000';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER ${counted} BEFORE INSERT ON chat.message FOR EACH ROW EXECUTE FUNCTION refuse_${counted}()`);
    const messages = Array.from({ length: 60 }, (_, n) =>
      messageFor(roomId, { content: n === 23 || n === 24 ? "poison" : `${n}` }),
    );
    const outcomes = await record(bus, messages);
    await history.pool.query(`DROP TRIGGER ${counted} ON chat.message`);
    const refused = outcomes.filter((outcome) => "code" in outcome);
    expect(refused).toMatchObject([{ via: messages[23]!.via, code: "INVALID" }, { via: messages[24]!.via }]);
    const expected = messages.filter(({ content }) => content !== "poison").map(({ content }) => content);
    expect((await rows(roomId)).map(({ content }) => content)).toEqual(expected);
    const reader = bus.read({ name: channels.dead });
    const dead = (await reader.next(100, 1000)).map(({ payload }) => JSON.parse(payload ?? "{}"));
    await reader.close();
    expect(dead.filter(({ payload }) => payload.includes(roomId))).toMatchObject([
      { reason: "PostgreSQL refuses it: 22000" },
      { reason: "PostgreSQL refuses it: 22000" },
    ]);
    await expect.poll(logLength).toBe(0);
  });

  test("tells the sender of what is no message, if it names one", async () => {
    const message = messageFor(randomUUID(), { content: "\0" });
    const [outcome] = await record(bus, [message]);
    expect(outcome).toMatchObject({ via: message.via, tempId: message.tempId, code: "INVALID" });
  });

  test("leaves nothing in the log once all is told", async () => {
    await record(
      bus,
      Array.from({ length: 50 }, () => messageFor("emptied")),
    );
    await expect.poll(logLength).toBe(0);
  });

  test("sets aside a room that somebody else has locked: others go on, its order stays", async () => {
    const [locked, free] = [randomUUID(), randomUUID()];
    await record(bus, [messageFor(locked, { content: "0" })]);
    const blocker = await history.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM chat.room WHERE id = $1 FOR UPDATE", [locked]);
    const held = Array.from({ length: 20 }, (_, n) => messageFor(locked, { content: `${n + 1}` }));
    const outcomes = await watchOutcomes(bus, held);
    await append(bus, held.slice(0, 10));
    await record(bus, [messageFor(free)]);
    await append(bus, held.slice(10));
    await record(bus, [messageFor(free)]);
    expect(outcomes.outcomes).toEqual([]);
    await blocker.query("COMMIT");
    blocker.release();
    await outcomes.all;
    expect((await rows(locked)).map(({ content }) => Number(content))).toEqual(Array.from({ length: 21 }, (_, n) => n));
  });

  test("goes on when there is nothing but a locked room, and stores it at once when that is free", async () => {
    const locked = randomUUID();
    await record(bus, [messageFor(locked)]);
    const blocker = await history.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM chat.room WHERE id = $1 FOR UPDATE", [locked]);
    const held = [messageFor(locked), messageFor(locked)];
    const outcomes = await watchOutcomes(bus, held);
    await append(bus, held);
    const pidOf = async () =>
      (
        await history.pool.query(
          "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'parley recorder%' AND datname = current_database()",
        )
      ).rows;
    const before = await pidOf();
    const triesOf = async () =>
      Number(/^recorder_batch_seconds_count\S* (\d+)/m.exec((await request(history.server).get("/metrics")).text)?.[1]);
    const tries = await triesOf();
    await expect.poll(triesOf, { timeout: 5_000 }).toBeGreaterThan(tries + 3);
    expect([outcomes.outcomes, await pidOf()]).toEqual([[], before]);
    await blocker.query("COMMIT");
    blocker.release();
    await outcomes.all;
    expect(await pidOf()).toEqual(before);
  });

  test("goes on after its connection was ended, storing nothing twice", async () => {
    const roomId = randomUUID();
    const messages = Array.from({ length: 200 }, (_, n) => messageFor(roomId, { content: `${n}` }));
    const outcomes = await watchOutcomes(bus, messages);
    for (let from = 0; from < messages.length; from += 20) {
      await append(bus, messages.slice(from, from + 20));
      if (from === 100)
        await history.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'parley recorder%' AND datname = current_database()",
        );
    }
    await outcomes.all;
    expect((await rows(roomId)).map(({ content }) => Number(content))).toEqual(messages.map((_, n) => n));
  });

  test("numbers without holes whatever is repeated, doubled or contradicted (G-3, G-4, I-3)", async () => {
    const attempts = fc.array(fc.record({ room: fc.nat(2), tempId: fc.nat(6), content: fc.nat(1) }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(attempts, async (run) => {
        const [rooms, tempIds] = [
          Array.from({ length: 3 }, () => randomUUID()),
          Array.from({ length: 7 }, () => randomUUID()),
        ];
        const messages = run.map(({ room, tempId, content }) =>
          messageFor(rooms[room]!, { tempId: tempIds[tempId]!, content: `${content}` }),
        );
        const outcomes = new Map((await record(bus, messages)).map((outcome) => [outcome.via, outcome]));
        const first = new Map<string, string>();
        for (const { roomId, tempId, content, via } of messages) {
          const key = `${roomId} ${tempId}`;
          if (!first.has(key)) first.set(key, content);
          expect("seq" in outcomes.get(via)!).toBe(first.get(key) === content);
        }
        for (const roomId of rooms) {
          const stored = await rows(roomId);
          expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, n) => n + 1));
          expect(stored).toHaveLength([...first.keys()].filter((key) => key.startsWith(roomId)).length);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("leaves writing to one of several processes, and another takes over when it goes (P-7)", async () => {
    const other = await openHistory({ bus, databaseUrl: history.databaseUrl });
    const roomId = randomUUID();
    await record(
      bus,
      Array.from({ length: 50 }, () => messageFor(roomId)),
    );
    expect(await rows(roomId)).toHaveLength(50);
    const third = await openHistory({ bus, databaseUrl: history.databaseUrl });
    await other.close();
    await record(bus, [messageFor(roomId)]);
    await third.close();
    expect(await rows(roomId)).toHaveLength(51);
  });
});

test("a full batch is told at once, although the next one is waited for first", async () => {
  const bus = createMemoryBus();
  const history = await openHistory({ bus, env: { BATCH_ENTRIES_MAX: "10" } });
  for (let n = 0; n < 3; n++) {
    const messages = Array.from({ length: 10 }, () => messageFor("full"));
    const outcomes = await watchOutcomes(bus, messages);
    await append(bus, messages); // In one turn: the recorder reads all ten.
    await expect.poll(() => outcomes.outcomes.length, { timeout: 1_500 }).toBe(10); // Reading waits for 2 s.
  }
  await record(
    bus,
    Array.from({ length: 105 }, () => messageFor("full")),
  );
  await history.close();
  await bus.close();
});
