import { afterAll, expect, test } from "vitest";
import { bearer, claimsOf, hearEndings, logIn, openAuth, query, readActions, setCookieOf, signUp } from "../fixture.ts";

const { agent, bus } = await openAuth({}, afterAll);

test("ends every login of the account, tells all of them to everybody, and no other account's (B-69)", async () => {
  const [one, stranger] = [await signUp(agent), await signUp(agent)];
  const other = await logIn(agent, one.who);
  const events = await hearEndings(bus);
  const response = await agent.post("/logout-all").set(bearer(one.answer)).expect(204);
  expect(setCookieOf(response)).toMatch(/^refresh_token=;/);
  for (const { answer, cookie } of [one, other]) {
    await agent.get("/me").set(bearer(answer)).expect(401);
    await agent.get("/accounts?query=a").set(bearer(answer)).expect(401);
    await agent.post("/refresh").set("Cookie", cookie).expect(401);
  }
  expect(events).toEqual([
    {
      accountId: one.answer.account.id,
      version: expect.any(Number),
      change: "logout-all",
      sids: [claimsOf(one.answer).sid, claimsOf(other.answer).sid],
    },
  ]);
  await agent.get("/me").set(bearer(stranger.answer)).expect(200);
  expect(await readActions(agent)).toContain("login.ended");
});

test("names at most 100 logins in one event", async () => {
  const { agent: own, bus: ownBus, database } = await openAuth();
  const { answer } = await signUp(own);
  await query(
    database.url,
    `INSERT INTO auth.login (account_id, expires_at)
     SELECT id, now() + interval '1 day' FROM auth.account, generate_series(1, 250)`,
  );
  const events = await hearEndings(ownBus);
  await own.post("/logout-all").set(bearer(answer)).expect(204);
  expect(events.map(({ sids }) => sids?.length)).toEqual([100, 100, 51]);
  expect(new Set(events.flatMap(({ sids }) => sids)).size).toBe(251);
});

test("needs an access token: a cookie is not enough", async () => {
  const { cookie } = await signUp(agent);
  await agent.post("/logout-all").set("Cookie", cookie).expect(401);
});
