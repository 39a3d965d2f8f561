import { randomUUID } from "node:crypto";
import { HistoryPage } from "@parley/contracts";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageFor, openHistory, record } from "../fixture.ts";

const total = 120;

describe("GET /{roomId}/messages", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  const roomId = randomUUID();

  beforeAll(async () => {
    history = await openHistory();
    await record(
      history.bus,
      Array.from({ length: total }, (_, n) => messageFor(roomId, { content: `text ${n + 1}` })),
    );
  });
  afterAll(() => history.close());

  function get(path: string) {
    return request(history.server).get(path).set("authorization", history.authorization);
  }

  async function page(query: string) {
    const { body } = await get(`/${roomId}/messages${query}`).expect(200);
    const parsed = HistoryPage.parse(body);
    return { ...parsed, seqs: parsed.messages.map(({ seq }) => seq) };
  }

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

  test("gives the newest 50, oldest first, with the room's position", async () => {
    const { seqs, hasMore, nextCursor, position, messages } = await page("");
    expect(seqs).toEqual(range(71, 120));
    expect({ hasMore, nextCursor, position }).toEqual({
      hasMore: true,
      nextCursor: 71,
      position: { seq: 120, changeSeq: 120 },
    });
    expect(messages.at(-1)).toMatchObject({
      content: "text 120",
      sender: "alice",
      senderName: "Alice",
      deleted: false,
      editedAt: null,
    });
  });

  test.each(["before", "after", "changedAfter"])(
    "pages through all by %s, without gap or repetition",
    async (cursor) => {
      const seen: number[] = [];
      let at: number | null = cursor === "before" ? total + 1 : 0;
      while (at !== null) {
        const { seqs, nextCursor } = await page(`?${cursor}=${at}&limit=33`);
        if (cursor === "before") seen.unshift(...seqs);
        else seen.push(...seqs);
        at = nextCursor;
      }
      expect(seen).toEqual(range(1, total));
    },
  );

  test("says when there is no more", async () => {
    expect(await page("?before=1")).toMatchObject({ seqs: [], hasMore: false, nextCursor: null });
    expect(await page("?after=119&limit=1")).toMatchObject({ seqs: [120], hasMore: false, nextCursor: null });
    expect(await page("?after=118&limit=1")).toMatchObject({ seqs: [119], hasMore: true, nextCursor: 119 });
  });

  test("gives an empty page of a room that nobody has written to", async () => {
    const { body } = await get("/nobody-was-here/messages").expect(200);
    expect(body).toEqual({ messages: [], hasMore: false, nextCursor: null, position: { seq: 0, changeSeq: 0 } });
  });

  test("leaves deleted messages out of pages back, and shows them as tombstones going forward", async () => {
    const other = randomUUID();
    await record(history.bus, [messageFor(other), messageFor(other)]);
    await history.pool.query("UPDATE chat.message SET is_deleted = true, content = '' WHERE room_id = $1 AND seq = 1", [
      other,
    ]);
    expect((await get(`/${other}/messages`)).body.messages).toMatchObject([{ seq: 2 }]);
    expect((await get(`/${other}/messages?after=0`)).body.messages).toMatchObject([
      { seq: 1, deleted: true, content: "" },
      { seq: 2 },
    ]);
  });

  test.each([
    "limit=0",
    "limit=201",
    "limit=1e9",
    "limit=1&limit=2",
    "limit[]=1",
    "limit[__proto__]=1",
    "before=-1",
    "before=9223372036854775808",
    "after=1.5",
    "before=1&after=1",
    "after=0;DROP TABLE chat.message",
  ])("refuses ?%s (B-77, B-78)", async (query) => {
    const { body } = await get(`/${roomId}/messages?${query}`).expect(400);
    expect(body.error.code).toBe("INVALID");
  });

  test.each([
    "/a%2Fb/messages",
    "/%00/messages",
    "/.hidden/messages",
    "/%E0%A4%A/messages",
    `/${"x".repeat(129)}/messages`,
    "/auth/messages",
    "/%69nternal/messages",
  ])("refuses the path %s (B-52, B-80)", async (path) => {
    await get(path).expect(400);
  });

  test("ends a page early behind thousands of deleted messages, and says where to go on", async () => {
    const long = randomUUID();
    await history.pool.query(
      `WITH room AS (INSERT INTO chat.room (id, last_seq, last_change_seq) VALUES ($1, 12000, 12000))
       INSERT INTO chat.message (room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at, is_deleted)
       SELECT $1, n, n, gen_random_uuid(), 'alice', '', '', now(), n BETWEEN 21 AND 11990 FROM generate_series(1, 12000) AS n`,
      [long],
    );
    const pages: { seqs: number[]; nextCursor: number | null }[] = [];
    for (let query = ""; pages.at(-1)?.nextCursor !== null && pages.length < 9;) {
      const body = HistoryPage.parse((await get(`/${long}/messages?limit=10${query}`).expect(200)).body);
      pages.push({ seqs: body.messages.map(({ seq }) => seq), nextCursor: body.nextCursor });
      query = `&before=${body.nextCursor}`;
    }
    expect(pages).toEqual([
      { seqs: range(11_991, 12_000), nextCursor: 7_001 },
      { seqs: [], nextCursor: 2_001 },
      { seqs: range(11, 20), nextCursor: 11 },
      { seqs: range(1, 10), nextCursor: null },
    ]);
    const beyond = HistoryPage.parse((await get(`/${long}/messages?before=999999999&limit=2`).expect(200)).body);
    expect(beyond.messages.map(({ seq }) => seq)).toEqual([11_999, 12_000]);
  });

  test("needs a token (B-61)", async () => {
    const { body } = await request(history.server).get(`/${roomId}/messages`).expect(401);
    expect(body.error.code).toBe("UNAUTHENTICATED");
    await request(history.server)
      .get(`/${roomId}/messages`)
      .set("authorization", `${history.authorization}x`)
      .expect(401);
  });
});

test("more readers than may wait are told to come back (OVERLOADED)", async () => {
  const history = await openHistory({ env: { READS_AT_ONCE_MAX: "1", READS_WAITING_MAX: "1" } });
  const blocker = await history.pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("LOCK TABLE chat.message IN ACCESS EXCLUSIVE MODE");
  const read = async () =>
    (await request(history.server).get("/room/messages").set({ authorization: history.authorization })).status;
  const statuses = [read(), read(), read()];
  expect(await Promise.race(statuses)).toBe(503);
  await blocker.query("COMMIT");
  blocker.release();
  expect((await Promise.all(statuses)).toSorted((one, other) => one - other)).toEqual([200, 200, 503]);
  await history.close();
});
