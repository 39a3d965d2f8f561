// How often one may try what guesses or costs (B-73), from addresses as a proxy tells them.
import { createRates } from "@parley/rates";
import { createLog } from "@parley/service";
import type { Response } from "supertest";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import {
  bearer,
  cookieOf,
  count,
  logIn,
  openAuth,
  openDatabase,
  password,
  signUp,
  someone,
  startAuth,
} from "./fixture.ts";
import type { Agent } from "./fixture.ts";

const behindProxy = { EXEMPT_ADDRESSES: "", TRUSTED_PROXIES: "loopback" };
const wrong = "another password";

/** A login as somebody at this address would try it. */
function tryLogin(agent: Agent, address: string, email: string, shown: string) {
  return agent.post("/login").set("X-Forwarded-For", address).send({ email, password: shown });
}

async function tryOften(agent: Agent, times: number, address: (n: number) => string, email: (n: number) => string) {
  const responses: Response[] = [];
  for (let n = 0; n < times; n++) responses.push(await tryLogin(agent, address(n), email(n), wrong));
  return responses;
}

function expectLimited(response: Response, secondsMax: number): void {
  expect([response.status, response.body.error.code]).toEqual([429, "RATE_LIMITED"]);
  const retryAfter = Number(response.get("Retry-After"));
  expect(retryAfter).toBeGreaterThan(0);
  expect(retryAfter).toBeLessThanOrEqual(secondsMax);
}

/** Signed up from an address of their own. */
async function signUpFrom(agent: Agent, address: string) {
  const who = someone();
  const response = await agent.post("/signup").set("X-Forwarded-For", address).send(who).expect(201);
  return { who, answer: response.body, cookie: cookieOf(response) };
}

test("after 10 wrong passwords from one address that address waits; the owner elsewhere does not (B-73)", async () => {
  const { agent } = await openAuth(behindProxy);
  const { who } = await signUpFrom(agent, "192.0.2.1");
  const responses = await tryOften(
    agent,
    11,
    () => "203.0.113.1",
    () => who.email,
  );
  expect(count(responses, 401)).toBe(10);
  expectLimited(responses[10]!, 900);
  expectLimited(await tryLogin(agent, "203.0.113.1", who.email.toUpperCase(), password), 900);
  await tryLogin(agent, "192.0.2.1", who.email, password).expect(200);
  await tryLogin(agent, "203.0.113.2", who.email, password).expect(200);
  await tryLogin(agent, "203.0.113.1", "nobody@example.org", wrong).expect(401);
});

test("of 1,000 wrong passwords at once 10 are hashed, the rest is refused (B-73)", async () => {
  const { agent } = await openAuth(behindProxy);
  const { who } = await signUpFrom(agent, "192.0.2.1");
  const responses = await Promise.all(
    Array.from({ length: 1_000 }, () => tryLogin(agent, "203.0.113.1", who.email, wrong)),
  );
  expect([count(responses, 401), count(responses, 429)]).toEqual([10, 990]);
  expect((await agent.get("/metrics")).text).toMatch(/password_hash_seconds_count\{.*\} 11\n/);
  await tryLogin(agent, "192.0.2.1", who.email, password).expect(200);
});

test("who guesses from many addresses is stopped, and the owner is not locked out where he signs in (B-73)", async () => {
  const { agent } = await openAuth({ ...behindProxy, LOGIN_FAILURES_PER_ACCOUNT_MAX: "20" });
  const { who } = await signUpFrom(agent, "192.0.2.1");
  const responses = await tryOften(
    agent,
    21,
    (n) => `203.0.113.${n}`,
    () => who.email,
  );
  expect(count(responses, 401)).toBe(20);
  expectLimited(responses[20]!, 900);
  expectLimited(await tryLogin(agent, "198.51.100.1", who.email, password), 900);
  await tryLogin(agent, "192.0.2.1", who.email, password).expect(200);
});

test("who guesses many accounts from one address is stopped (B-73)", async () => {
  const { agent } = await openAuth({ ...behindProxy, LOGIN_FAILURES_PER_ADDRESS_MAX: "20" });
  const { who } = await signUpFrom(agent, "192.0.2.1");
  const responses = await tryOften(
    agent,
    21,
    () => "203.0.113.1",
    (n) => `somebody-${n}@example.org`,
  );
  expect(count(responses, 401)).toBe(20);
  expectLimited(responses[20]!, 900);
  expectLimited(await tryLogin(agent, "203.0.113.1", who.email, password), 900);
  await tryLogin(agent, "203.0.113.2", who.email, password).expect(200);
});

test("right passwords do not count", async () => {
  const { agent } = await openAuth({ ...behindProxy, LOGIN_FAILURES_MAX: "2", LOGIN_FAILURES_PER_ADDRESS_MAX: "2" });
  const { who } = await signUpFrom(agent, "192.0.2.1");
  for (let n = 0; n < 6; n++) await tryLogin(agent, "203.0.113.1", who.email, password).expect(200);
  expect((await tryLogin(agent, "203.0.113.1", who.email, wrong)).status).toBe(401);
});

test("many right passwords at once lock nobody out: who is refused may try again (B-73)", async () => {
  const { agent } = await openAuth({ ...behindProxy, LOGIN_FAILURES_MAX: "2" });
  const { who } = await signUpFrom(agent, "192.0.2.1");
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => tryLogin(agent, "192.0.2.1", who.email, password)),
  );
  expect(count(responses, 200) + count(responses, 429)).toBe(20);
  expect(count(responses, 429)).toBeGreaterThan(0);
  await tryLogin(agent, "192.0.2.1", who.email, password).expect(200);
});

test("an address is what a trusted proxy says, not what anybody forwards; an IPv6 network is one (B-87)", async () => {
  const { agent } = await openAuth({ EXEMPT_ADDRESSES: "", LOGIN_FAILURES_MAX: "3" });
  const forged = await tryOften(
    agent,
    4,
    (n) => `203.0.113.${n}`,
    () => "ada@example.org",
  );
  expect(forged.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
  const { agent: behind } = await openAuth({ ...behindProxy, LOGIN_FAILURES_MAX: "3" });
  const one = await tryOften(
    behind,
    4,
    (n) => `2001:db8:0:1::${n}`,
    () => "ada@example.org",
  );
  expect(one.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
});

test("guesses of the password by an access token count as well", async () => {
  const { agent } = await openAuth({ ...behindProxy, LOGIN_FAILURES_MAX: "3" });
  const { answer } = await signUp(agent);
  const change = { current: wrong, password: "another battery horse" };
  await agent.put("/me/password").set(bearer(answer)).send(change).expect(403);
  await agent.delete("/me").set(bearer(answer)).send({ password: wrong }).expect(403);
  await agent.put("/me/password").set(bearer(answer)).send(change).expect(403);
  expectLimited(
    await agent
      .put("/me/password")
      .set(bearer(answer))
      .send({ ...change, current: password }),
    900,
  );
});

test("20 people an hour sign up or come in as guests from one address", async () => {
  const { agent } = await openAuth({ ...behindProxy, GUESTS: "true" });
  const from = (path: string, address: string) => agent.post(path).set("X-Forwarded-For", address);
  for (let n = 0; n < 10; n++) {
    await from("/guest", "203.0.113.1").send({ nickname: "Guest" }).expect(201);
    await from("/signup", "203.0.113.1").send(someone()).expect(201);
  }
  expectLimited(await from("/guest", "203.0.113.1").send({ nickname: "Guest" }), 3600);
  expectLimited(await from("/signup", "203.0.113.1").send(someone()), 3600);
  await from("/signup", "203.0.113.2").send(someone()).expect(201);
});

test("an address that is exempt is not counted", async () => {
  const { agent } = await openAuth({ SIGNUPS_PER_ADDRESS_MAX: "1", LOGIN_FAILURES_MAX: "1" });
  const { who } = await signUp(agent);
  await signUp(agent);
  for (let n = 0; n < 3; n++)
    await agent
      .post("/login")
      .send({ ...who, password: wrong })
      .expect(401);
  expect((await logIn(agent, who)).answer.account.email).toBe(who.email);
});

test("a login that refreshes too often waits, and goes on with the same token", async () => {
  const { agent } = await openAuth({ REFRESHES_PER_MINUTE_MAX: "2" });
  const { who, cookie } = await signUp(agent);
  const second = cookieOf(await agent.post("/refresh").set("Cookie", cookie).expect(200));
  const third = cookieOf(await agent.post("/refresh").set("Cookie", second).expect(200));
  for (let n = 0; n < 2; n++) expectLimited(await agent.post("/refresh").set("Cookie", third), 60);
  const other = await logIn(agent, who);
  await agent.post("/refresh").set("Cookie", other.cookie).expect(200);
});

test("instances count together", async () => {
  const { url } = await openDatabase();
  const [here, there] = await Promise.all(
    [1, 2].map(() => {
      const rates = createRates({ redisUrl: inject("redisUrl"), log: createLog("test", "silent") });
      onTestFinished(() => rates.close());
      return startAuth(url, behindProxy, { rates });
    }),
  );
  const { who } = await signUpFrom(here!.agent, "192.0.2.1");
  const address = "203.0.113.1";
  const responses = [
    ...(await tryOften(
      here!.agent,
      5,
      () => address,
      () => who.email,
    )),
    ...(await tryOften(
      there!.agent,
      6,
      () => address,
      () => who.email,
    )),
  ];
  expect(responses.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
});

test("an unknown address takes as long as a wrong password, within 20 ms (B-73)", async () => {
  const { agent } = await openAuth();
  const { who } = await signUp(agent);
  /** The shortest of all tries: what the machine does besides adds to the others. */
  const fastest = { wrong: Infinity, unknown: Infinity };
  const time = async (name: keyof typeof fastest, email: string) => {
    const from = performance.now();
    await agent.post("/login").send({ email, password: wrong }).expect(401);
    fastest[name] = Math.min(fastest[name], performance.now() - from);
  };
  const compare = async () => {
    await time("wrong", who.email);
    await time("unknown", "nobody@example.org");
  };
  for (let n = 0; n < 10; n++) await compare();
  await vi.waitUntil(
    async () => {
      await compare();
      return Math.abs(fastest.wrong - fastest.unknown) < 20;
    },
    { timeout: 15_000 },
  );
}, 60_000);
