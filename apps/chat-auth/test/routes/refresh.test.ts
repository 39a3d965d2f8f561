import { LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { claimsOf, cookieOf, count, lockTokens, openAuth, setCookieOf, signUp, waiting } from "../fixture.ts";

const { agent } = await openAuth({}, afterAll);

test("a refresh gives a new access token of the same login and the next refresh token", async () => {
  const { answer, cookie } = await signUp(agent);
  const response = await agent.post("/refresh").set("Cookie", cookie).expect(200);
  const refreshed = LoginAnswer.parse(response.body);
  expect(refreshed.account).toEqual(answer.account);
  const [before, after] = [claimsOf(answer), claimsOf(refreshed)];
  expect(after.sid).toBe(before.sid);
  expect(after.jti).not.toBe(before.jti);
  expect(cookieOf(response)).not.toBe(cookie);
  await agent.post("/refresh").set("Cookie", cookieOf(response)).expect(200);
});

test("a token used twice is refused, and its whole login ends (B-72)", async () => {
  const { agent: own } = await openAuth();
  const { answer, cookie } = await signUp(own);
  const next = cookieOf(await own.post("/refresh").set("Cookie", cookie).expect(200));
  const replayed = await own.post("/refresh").set("Cookie", cookie);
  expect([replayed.status, replayed.body.error.code]).toEqual([401, "UNAUTHENTICATED"]);
  await own.post("/refresh").set("Cookie", next).expect(401);
  await own.get("/me").set("Authorization", `Bearer ${answer.accessToken}`).expect(401);
  expect((await own.get("/metrics")).text).toMatch(/refreshes_total\{outcome="reused",.*\} 1/);
});

test("of 20 parallel refreshes with one token exactly one succeeds (B-72)", async () => {
  const { cookie } = await signUp(agent);
  const responses = await Promise.all(Array.from({ length: 20 }, () => agent.post("/refresh").set("Cookie", cookie)));
  expect(count(responses, 200)).toBe(1);
  expect(count(responses, 401)).toBe(19);
});

test("a token that comes in while it is being used is refused, and the login goes on (B-72)", async () => {
  const { agent: own, database } = await openAuth();
  const { cookie } = await signUp(own);
  const release = await lockTokens(database.url);
  const first = own
    .post("/refresh")
    .set("Cookie", cookie)
    .then((response) => response);
  await waiting(database.url, 1);
  const others = await Promise.all(Array.from({ length: 19 }, () => own.post("/refresh").set("Cookie", cookie)));
  expect(count(others, 401)).toBe(19);
  await release();
  const winner = await first;
  expect(winner.status).toBe(200);
  await own.post("/refresh").set("Cookie", cookieOf(winner)).expect(200);
});

test("a refused refresh leaves the cookie alone: another tab may have renewed it", async () => {
  const { cookie } = await signUp(agent);
  await agent.post("/refresh").set("Cookie", cookie).expect(200);
  expect(setCookieOf(await agent.post("/refresh").set("Cookie", cookie).expect(401))).toBe("");
});

test.each([
  ["no cookie", undefined],
  ["an unknown token", `refresh_token=${"A".repeat(43)}`],
  ["a token of another form", "refresh_token=short"],
  ["another cookie", `token=${"A".repeat(43)}`],
])("%s is UNAUTHENTICATED", async (_name, cookie) => {
  const response = await agent.post("/refresh").set(cookie === undefined ? {} : { Cookie: cookie });
  expect([response.status, response.body.error.code]).toEqual([401, "UNAUTHENTICATED"]);
});

test("a good access token is no refresh token", async () => {
  const { answer } = await signUp(agent);
  const response = await agent.post("/refresh").set("Authorization", `Bearer ${answer.accessToken}`);
  expect(response.status).toBe(401);
});
