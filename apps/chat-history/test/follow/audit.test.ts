import { randomUUID } from "node:crypto";
import { AuditPage, type AuditEvent } from "@parley/contracts";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthOutboxes } from "../auth-outboxes.ts";
import { openHistory } from "../fixture.ts";

const patience = { timeout: 15_000 };
const OPERATOR_TOKEN = "operator-token-of-tests";

describe("the audit log", () => {
  const auth = createAuthOutboxes();
  let history: Awaited<ReturnType<typeof openHistory>>;
  let other: typeof history;
  beforeAll(async () => {
    history = await openHistory({ auth, env: { OPERATOR_TOKEN } });
    other = await openHistory({ auth, databaseUrl: history.databaseUrl, env: { OPERATOR_TOKEN } });
  });
  afterAll(async () => {
    await other.close();
    await history.close();
  });

  const get = (query: string, token = OPERATOR_TOKEN) =>
    request(history.server).get(`/audit${query}`).set("authorization", `Bearer ${token}`);
  async function readAll(query: string): Promise<AuditEvent[]> {
    const events: AuditEvent[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await get(`?${query}${cursor && `&cursor=${cursor}`}`).expect(200);
      const page = AuditPage.parse(body);
      events.push(...page.events);
      cursor = page.nextCursor;
    }
    return events;
  }

  test("has what chat-auth tells, each once, though two processes follow and it is told again", async () => {
    const account = randomUUID();
    const told = Array.from({ length: 2_500 }, () => auth.happen("login.refused", { target: account }));
    const count = async () => {
      const { rows } = await history.pool.query("SELECT count(*)::int AS count FROM chat.audit WHERE target = $1", [
        account,
      ]);
      return rows[0].count as number;
    };
    await expect.poll(count, patience).toBe(told.length);
    await history.pool.query("UPDATE chat.follow SET position = 0 WHERE name = 'audit'");
    const last = auth.happen("login.made", { actor: account });
    await expect.poll(async () => (await readAll(`account=${account}&action=login.made`)).length, patience).toBe(1);
    expect(await count()).toBe(told.length);
    expect((await readAll(`account=${account}&action=login.made`))[0]).toEqual(last);
  });

  test("is given newest first, a page at a time, without gap or repetition, although many have one time", async () => {
    const actor = randomUUID();
    const at = new Date().toISOString();
    const told = Array.from({ length: 25 }, (_, n) =>
      auth.happen(
        "login.made",
        n % 3 === 0 ? { actor, target: actor, at } : n % 2 === 0 ? { actor, at } : { target: actor },
      ),
    );
    const order = (events: AuditEvent[]) =>
      events.toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1)).map(({ id }) => id);
    await expect
      .poll(async () => (await readAll(`account=${actor}&limit=4`)).map(({ id }) => id), patience)
      .toEqual(order(told));
  });

  test("is searched by room, account and action together", async () => {
    const { body } = await history.callAs("alice")("post", "/rooms", { name: "Room", kind: "private" });
    const room: string = body.room.id;
    await history.callAs("alice")("put", `/rooms/${room}/members/bob`);
    await history.callAs("alice")("delete", `/rooms/${room}/members/bob`);
    expect((await readAll(`room=${room}`)).map(({ action }) => action)).toEqual([
      "member.removed",
      "member.invited",
      "room.created",
    ]);
    expect(await readAll(`room=${room}&account=bob&action=member.removed`)).toMatchObject([
      { action: "member.removed", actor: "alice", target: "bob", roomId: room },
    ]);
    expect(await readAll(`room=${room}&account=eve`)).toEqual([]);
  });

  test("has the address that a trusted proxy names, and no other (B-87)", async () => {
    const behind = await openHistory({ env: { TRUSTED_PROXIES: "loopback", OPERATOR_TOKEN } });
    const authorization = await behind.authorizationOf("alice");
    await request(behind.server)
      .post("/rooms")
      .set({ authorization, "x-forwarded-for": "198.51.100.1, 203.0.113.7" })
      .send({ name: "Room", kind: "public" })
      .expect(201);
    const { body } = await request(behind.server).get("/audit").set("authorization", `Bearer ${OPERATOR_TOKEN}`);
    expect(AuditPage.parse(body).events).toMatchObject([{ action: "room.created", address: "203.0.113.7" }]);
    await behind.close();
  });

  test("is for operators alone (B-89)", async () => {
    await get("", "another-token-of-tests").expect(401);
    await request(history.server).get("/audit").expect(401);
    await request(history.server).get("/audit").set("authorization", history.authorization).expect(401);
    const closed = await openHistory();
    await request(closed.server).get("/audit").set("authorization", "Bearer ").expect(401);
    await request(closed.server).get("/audit").set("authorization", "Bearer undefined").expect(401);
    await closed.close();
  });

  test.each([
    "limit=0",
    "limit=201",
    "cursor=x",
    "cursor=eCB5",
    "room=../x",
    "action=DROP",
    "account=%00",
    "who=alice",
  ])("refuses ?%s (B-77)", async (query) => {
    await get(`?${query}`).expect(400);
  });

  test("forgets what is older than AUDIT_DAYS, and nothing else", async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    await history.pool.query(
      `INSERT INTO chat.audit (at, action, actor)
       SELECT now() - interval '40 days', 'login.made', $1 FROM generate_series(1, 2500)
       UNION ALL SELECT now() - interval '20 days', 'login.made', $2`,
      [old, young],
    );
    const third = await openHistory({ auth, databaseUrl: history.databaseUrl, env: { AUDIT_DAYS: "30" } });
    const { pool } = history;
    await expect
      .poll(async () => (await pool.query("SELECT FROM chat.audit WHERE actor = $1", [old])).rows.length, patience)
      .toBe(0);
    expect(await readAll(`account=${young}`)).toHaveLength(1);
    await third.close();
  });
});
