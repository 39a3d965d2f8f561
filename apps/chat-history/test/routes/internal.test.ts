import { randomUUID } from "node:crypto";
import { ChangesAnswer, PositionsAnswer, ReplayPage } from "@parley/contracts";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageFor, openHistory, record, serviceToken } from "../fixture.ts";

describe("what gateways ask", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  const roomId = randomUUID();

  beforeAll(async () => {
    history = await openHistory();
    await record(history.bus, [messageFor(roomId), messageFor(roomId), messageFor(roomId)]);
  });
  afterAll(() => history.close());

  const authorization = `Bearer ${serviceToken}`;
  const positions = (query: object) =>
    request(history.server).post("/internal/positions").set({ authorization }).send(query);
  const changes = (room: string, after: string) =>
    request(history.server).get(`/internal/rooms/${room}/changes?after=${after}`).set({ authorization });

  test("positions of the rooms it names; 0 where nobody has written", async () => {
    const { body } = await positions({ rooms: [roomId, "unwritten"] }).expect(200);
    expect(PositionsAnswer.parse(body).rooms).toEqual([
      { roomId, position: { seq: 3, changeSeq: 3 } },
      { roomId: "unwritten", position: { seq: 0, changeSeq: 0 } },
    ]);
  });

  test("positions of all rooms that changed lately, and of no others", async () => {
    const old = randomUUID();
    await record(history.bus, [messageFor(old)]);
    await history.pool.query("UPDATE chat.room SET changed_at = now() - interval '20 seconds' WHERE id = $1", [old]);
    const { body } = await positions({}).expect(200);
    const ids = PositionsAnswer.parse(body).rooms.map((room) => room.roomId);
    expect(ids).toContain(roomId);
    expect(ids).not.toContain(old);
  });

  test("changes after a position, with the position of the same snapshot", async () => {
    const { body } = await changes(roomId, "1").expect(200);
    const answer = ChangesAnswer.parse(body);
    expect(answer).toMatchObject({
      changes: [{ seq: 2, content: "text" }, { seq: 3 }],
      position: { seq: 3, changeSeq: 3 },
    });
    expect("changes" in answer && answer.changes[0]?.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("RESYNC if more changed than one answer holds", async () => {
    const many = randomUUID();
    await history.pool.query("INSERT INTO chat.room (id, last_seq, last_change_seq) VALUES ($1, 10001, 10001)", [many]);
    await history.pool.query(
      `INSERT INTO chat.message (room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at)
       SELECT $1, n, n, gen_random_uuid(), 'a', 'x', '', now() FROM generate_series(1, 10001) AS n`,
      [many],
    );
    expect((await changes(many, "0").expect(200)).body).toEqual({
      resync: true,
      position: { seq: 10_001, changeSeq: 10_001 },
    });
    expect((await changes(many, "1").expect(200)).body.changes).toHaveLength(10_000);
  });

  test("nothing without the service token, nor for an account's", async () => {
    await request(history.server).post("/internal/positions").send({}).expect(401);
    await request(history.server)
      .post("/internal/positions")
      .set("authorization", history.authorization)
      .send({})
      .expect(401);
  });

  test.each(["", "-1", "1e3", "x"])("refuses after=%s", async (after) => {
    await changes(roomId, after).expect(400);
  });

  test("a page of what a room holds after a seq, tombstones too, and whether there is more", async () => {
    const { rows } = await history.pool.query("SELECT id FROM chat.message WHERE room_id = $1 AND seq = 2", [roomId]);
    await history.pool.query("UPDATE chat.message SET is_deleted = true, content = '' WHERE id = $1", [rows[0].id]);
    const page = (query: string) =>
      request(history.server).get(`/internal/rooms/${roomId}/messages?${query}`).set({ authorization });
    const { body } = await page("after=1&limit=1").expect(200);
    expect(ReplayPage.parse(body)).toMatchObject({
      messages: [{ seq: 2, deleted: true }],
      hasMore: true,
      position: { seq: 3, changeSeq: 3 },
    });
    expect((await page("after=2&limit=1").expect(200)).body).toMatchObject({ messages: [{ seq: 3 }], hasMore: false });
    for (const query of ["after=1", "after=-1&limit=1", "after=1&limit=0", "after=1&limit=1001"]) {
      await page(query).expect(400);
    }
    await request(history.server).get(`/internal/rooms/${roomId}/messages?after=1&limit=1`).expect(401);
  });
});
