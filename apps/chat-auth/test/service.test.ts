import { expect, test, vi } from "vitest";
import { openAuth, openDatabase, query, signUp, someone, startAuth } from "./fixture.ts";

test("instances that start at once on an empty database agree on one key, and on logins", async () => {
  const { url } = await openDatabase();
  const [one, other] = await Promise.all([startAuth(url), startAuth(url), startAuth(url)]);
  expect(await query(url, "SELECT count(*)::int AS n FROM auth.signing_key")).toEqual([{ n: 1 }]);
  const { answer, cookie } = await signUp(one.agent);
  await other.agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`).expect(200);
  await other.agent.post("/refresh").set("Cookie", cookie).expect(200);
});

test("a restart keeps the key: tokens stay good", async () => {
  const { agent, database } = await openAuth();
  const { answer } = await signUp(agent);
  const restarted = await startAuth(database.url);
  const me = await restarted.agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`);
  expect(me.body).toEqual(answer.account);
});

test("tokens of an older key stay good, and all keys are published", async () => {
  const { agent, database } = await openAuth();
  const { answer } = await signUp(agent);
  await query(database.url, "UPDATE auth.signing_key SET created_at = created_at - interval '1 day'");
  await query(
    database.url,
    "INSERT INTO auth.signing_key (kid, private_jwk) SELECT 'next', private_jwk FROM auth.signing_key",
  );
  const restarted = await startAuth(database.url);
  const { keys } = (await restarted.agent.get("/.well-known/jwks.json")).body;
  expect(keys.map(({ kid }: { kid: string }) => kid)[0]).toBe("next");
  expect(keys).toHaveLength(2);
  await restarted.agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`).expect(200);
});

test("while PostgreSQL is away calls are UNAVAILABLE, keys are served, readiness says why; its return heals", async () => {
  const { agent, database, notReady } = await openAuth();
  const { who, answer, cookie } = await signUp(agent);
  expect(notReady()).toEqual([]);
  await database.shut();
  const calls = [
    agent.post("/signup").send(someone()),
    agent.post("/login").send(who),
    agent.post("/refresh").set("Cookie", cookie),
    agent.post("/logout").set("Cookie", cookie),
    agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`),
  ];
  for (const response of await Promise.all(calls)) {
    expect([response.status, response.body]).toEqual([
      503,
      {
        error: {
          code: "UNAVAILABLE",
          message: "The service is not reachable. Try again in a moment.",
          requestId: response.get("X-Request-Id"),
        },
      },
    ]);
  }
  await agent.get("/.well-known/jwks.json").expect(200);
  await vi.waitUntil(() => notReady().length > 0, { timeout: 10_000 });
  expect((await agent.get("/health/ready").expect(503)).body.waiting).toEqual(["database"]);
  await database.open();
  await vi.waitUntil(() => notReady().length === 0, { timeout: 10_000 });
  await agent.post("/refresh").set("Cookie", cookie).expect(200);
});

test("a server that cannot keep the promises is refused at the start, in one sentence", async () => {
  const { url } = await openDatabase();
  const lax = new URL(url);
  lax.searchParams.set("options", "-c synchronous_commit=off");
  await expect(startAuth(lax.href)).rejects.toThrow(/synchronous_commit = off .* set it to on\.$/);
});
