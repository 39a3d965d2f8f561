import { AccountChangesPage, AuditOutboxPage, RevocationsPage } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import {
  bearer,
  claimsOf,
  logIn,
  openAuth,
  operatorToken,
  password,
  query,
  readActions,
  readOutbox,
  signUp,
} from "../fixture.ts";

const { agent } = await openAuth({}, afterAll);

async function readRevocations(of: typeof agent, after = 0): Promise<RevocationsPage> {
  return RevocationsPage.parse(await readOutbox(of, "revocations", after));
}

test("every login that ends is listed once, by seq without holes, behind any position", async () => {
  const { agent: own } = await openAuth();
  const sids: string[] = [];
  for (let n = 0; n < 3; n++) {
    const { answer, cookie } = await signUp(own);
    sids.push(claimsOf(answer).sid);
    await own.post("/logout").set("Cookie", cookie).expect(204);
    await own.post("/logout").set("Cookie", cookie).expect(204);
  }
  const page = await readRevocations(own);
  expect(page.revocations.map(({ sid }) => sid)).toEqual(sids);
  expect(page.revocations.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(page.position).toBe(3);
  expect((await readRevocations(own, 2)).revocations.map(({ sid }) => sid)).toEqual(sids.slice(2));
  expect(await readRevocations(own, 3)).toEqual({ revocations: [], position: 3 });
});

test("a revocation is told for as long as its access tokens are good, and no longer (B-69)", async () => {
  const { agent: own, database } = await openAuth({ ACCESS_TOKEN_SECONDS: "60" });
  const { answer } = await signUp(own);
  await own.post("/logout").set(bearer(answer)).expect(204);
  const before = (await readRevocations(own)).revocations[0]!.relevantMs;
  expect(before).toBeGreaterThan(60_000);
  expect(before).toBeLessThanOrEqual(70_000);
  await query(database.url, "UPDATE auth.login SET ended_at = ended_at - interval '30 seconds'");
  expect((await readRevocations(own)).revocations[0]!.relevantMs).toBeLessThanOrEqual(before - 30_000);
  await query(database.url, "UPDATE auth.login SET ended_at = ended_at - interval '40 seconds'");
  expect(await readRevocations(own)).toEqual({ revocations: [], position: 1 });
});

test("a refresh token that is used twice makes a revocation of its login (B-72)", async () => {
  const { agent: own } = await openAuth();
  const { answer, cookie } = await signUp(own);
  await own.post("/refresh").set("Cookie", cookie).expect(200);
  await own.post("/refresh").set("Cookie", cookie).expect(401);
  expect((await readRevocations(own)).revocations).toMatchObject([{ sid: claimsOf(answer).sid }]);
});

test("a page holds 1,000, and the next goes on behind them", async () => {
  const { agent: own, database } = await openAuth();
  const { answer } = await signUp(own);
  await query(
    database.url,
    `INSERT INTO auth.login (account_id, expires_at)
     SELECT id, now() + interval '1 day' FROM auth.account, generate_series(1, 1500)`,
  );
  await own.post("/logout-all").set(bearer(answer)).expect(204);
  const first = await readRevocations(own);
  expect([first.revocations.length, first.position]).toEqual([1000, 1501]);
  const second = await readRevocations(own, 1000);
  expect(second.revocations.map(({ seq }) => seq)).toEqual(Array.from({ length: 501 }, (_, n) => 1001 + n));
});

test("the list of names has each account once, where its latest change is", async () => {
  const { agent: own } = await openAuth();
  const [one, other] = [await signUp(own), await signUp(own)];
  await own.patch("/me").set(bearer(one.answer)).send({ nickname: "Countess" }).expect(200);
  const page = AccountChangesPage.parse(await readOutbox(own, "accounts/changes"));
  expect(page).toEqual({
    changes: [
      { seq: 2, accountId: other.answer.account.id, name: "Ada", version: 1 },
      { seq: 3, accountId: one.answer.account.id, name: "Countess", version: 2 },
    ],
    position: 3,
  });
});

test("all that happens to accounts is told for the audit log: who, to whom, from where, and no secret", async () => {
  const { agent: own } = await openAuth({ TRUSTED_PROXIES: "loopback" });
  const { who, answer } = await signUp(own);
  const { id } = answer.account;
  const address = "203.0.113.7";
  const wrong = own.post("/login").set("X-Forwarded-For", address);
  await wrong.send({ ...who, password: "another password" }).expect(401);
  await own.post("/login").send({ email: "nobody@example.org", password }).expect(401);
  const { cookie } = await logIn(own, who);
  await own.post("/logout").set("Cookie", cookie).expect(204);
  await own.put(`/accounts/${id}/disabled`).set(bearer(operatorToken)).expect(204);
  const body = await readOutbox(own, "audit");
  const { events, position } = AuditOutboxPage.parse(body);
  expect(events.map(({ action, actor, target }) => [action, actor, target])).toEqual([
    ["account.created", id, id],
    ["login.accepted", id, id],
    ["login.refused", null, id],
    ["login.refused", null, null],
    ["login.accepted", id, id],
    ["login.ended", id, id],
    ["account.disabled", null, id],
  ]);
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(position).toBe(7);
  expect(events[2]).toMatchObject({ address, roomId: null, detail: null });
  expect(JSON.stringify(body)).not.toMatch(/example\.org|horse|refresh_token/);
  expect(Object.keys(body.events[0]).toSorted()).toEqual([
    "action",
    "actor",
    "address",
    "at",
    "detail",
    "id",
    "roomId",
    "seq",
    "target",
  ]);
});

test("what is refused is not told as done", async () => {
  const { agent: own } = await openAuth();
  const { who, answer } = await signUp(own);
  await own.post("/signup").send(who).expect(409);
  await own.delete("/me").set(bearer(answer)).send({ password: "another password" }).expect(403);
  expect(await readActions(own)).toEqual(["account.created", "login.accepted"]);
});

test.each(["revocations", "accounts/changes", "audit"])("%s is for services only", async (path) => {
  const { answer } = await signUp(agent);
  for (const headers of [{}, bearer(answer), bearer(operatorToken), { Authorization: "Bearer " }])
    await agent.get(`/internal/${path}?after=0`).set(headers).expect(401);
});

test.each(["-1", "1.5", "1e9", "abc", "9".repeat(30), "1&after=2"])("after=%s is INVALID (B-78)", async (after) => {
  for (const path of ["revocations", "accounts/changes", "audit"]) {
    const url = `/internal/${path}?after=${after}`;
    await agent.get(url).set(bearer("service-token-of-tests")).expect(400);
  }
});
