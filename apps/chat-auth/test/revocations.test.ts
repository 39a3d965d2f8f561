// What ends a login ends it everywhere: on this instance at once, on others as soon as they hear or ask.
import { createMemoryBus, openRedisBus } from "@parley/bus";
import { startRedis } from "@parley/embedded";
import { createLog } from "@parley/service";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  bearer,
  logIn,
  openDatabase,
  operatorToken,
  password,
  query,
  signUp,
  someone,
  startAuth,
  type Agent,
} from "./fixture.ts";

type SignedUp = Awaited<ReturnType<typeof signUp>>;

const endings: [string, (agent: Agent, one: SignedUp) => Promise<unknown>][] = [
  ["logout", (agent, { cookie }) => agent.post("/logout").set("Cookie", cookie).expect(204)],
  ["logout-all", (agent, { answer }) => agent.post("/logout-all").set(bearer(answer)).expect(204)],
  [
    "a changed password",
    async (agent, { who }) => {
      const { answer } = await logIn(agent, who);
      const change = { current: password, password: "another battery horse" };
      await agent.put("/me/password").set(bearer(answer)).send(change).expect(200);
    },
  ],
  [
    "disabling the account",
    (agent, { answer }) => agent.put(`/accounts/${answer.account.id}/disabled`).set(bearer(operatorToken)).expect(204),
  ],
  ["deletion", (agent, { answer }) => agent.delete("/me").set(bearer(answer)).send({ password }).expect(204)],
  [
    "a refresh token that is used twice",
    async (agent, { cookie }) => {
      await agent.post("/refresh").set("Cookie", cookie).expect(200);
      await agent.post("/refresh").set("Cookie", cookie).expect(401);
    },
  ],
];

test.each(endings)("after %s no instance takes the login's tokens, within 1 s (B-69)", async (_name, end) => {
  const { url } = await openDatabase();
  const bus = createMemoryBus();
  const [here, there] = await Promise.all([startAuth(url, {}, { bus }), startAuth(url, {}, { bus })]);
  const one = await signUp(here.agent);
  await there.agent.get("/accounts?query=a").set(bearer(one.answer)).expect(200);
  await end(here.agent, one);
  for (const { agent } of [here, there])
    await vi.waitUntil(async () => (await agent.get("/accounts?query=a").set(bearer(one.answer))).status === 401, {
      timeout: 1_000,
    });
  await there.agent.post("/refresh").set("Cookie", one.cookie).expect(401);
});

test("an instance that hears nothing asks: within 1 s it takes no token of a login that has ended (B-69)", async () => {
  const { url } = await openDatabase();
  const [here, there] = [await startAuth(url), await startAuth(url)];
  const { answer, cookie } = await signUp(here.agent);
  await there.agent.get("/accounts?query=a").set(bearer(answer)).expect(200);
  await here.agent.post("/logout").set("Cookie", cookie).expect(204);
  await vi.waitUntil(async () => (await there.agent.get("/accounts?query=a").set(bearer(answer))).status === 401, {
    timeout: 1_500,
  });
});

test("a login that has ended stays ended when tokens made from now on are good for less (B-69)", async () => {
  const { url } = await openDatabase();
  const { answer, cookie } = await signUp((await startAuth(url, { ACCESS_TOKEN_SECONDS: "86400" })).agent);
  const lowered = { ACCESS_TOKEN_SECONDS: "10" };
  await (await startAuth(url, lowered)).agent.post("/logout").set("Cookie", cookie).expect(204);
  await query(url, "UPDATE auth.login SET ended_at = ended_at - interval '23 hours'");
  const { agent } = await startAuth(url, lowered);
  await agent.get("/accounts?query=a").set(bearer(answer)).expect(401);
});

test("while Redis is away accounts go on, logins end, and it stays ready (F-15)", async () => {
  const redis = await startRedis();
  const bus = await openRedisBus(redis.url, createLog("test", "silent"));
  onTestFinished(() => bus.close());
  const { url } = await openDatabase();
  const { agent, notReady } = await startAuth(url, {}, { bus });
  const before = await signUp(agent);
  await redis.stop();
  await vi.waitUntil(() => bus.fault() !== undefined, { timeout: 10_000 });

  const who = someone();
  await signUp(agent, who);
  const { answer, cookie } = await logIn(agent, who);
  await agent.post("/refresh").set("Cookie", cookie).expect(200);
  await agent.post("/logout-all").set(bearer(answer)).expect(204);
  await agent.get("/accounts?query=a").set(bearer(answer)).expect(401);
  await agent.get("/me").set(bearer(before.answer)).expect(200);
  expect(notReady()).toEqual([]);
});
