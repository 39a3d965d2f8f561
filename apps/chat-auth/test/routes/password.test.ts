import { LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { bearer, claimsOf, cookieOf, hearEndings, logIn, openAuth, password, readActions, signUp } from "../fixture.ts";

const { agent, bus } = await openAuth({}, afterAll);
const next = "another battery horse";

test("another password ends all other logins; this one goes on with a new cookie (B-69)", async () => {
  const one = await signUp(agent);
  const other = await logIn(agent, one.who);
  const events = await hearEndings(bus);
  const response = await agent.put("/me/password").set(bearer(one.answer)).send({ current: password, password: next });
  expect(response.status).toBe(200);
  const renewed = LoginAnswer.parse(response.body);
  expect(renewed.account).toEqual(one.answer.account);
  expect(claimsOf(renewed).sid).toBe(claimsOf(one.answer).sid);
  expect(events).toMatchObject([{ change: "password", sids: [claimsOf(other.answer).sid] }]);

  await agent.get("/me").set(bearer(other.answer)).expect(401);
  await agent.post("/refresh").set("Cookie", other.cookie).expect(401);
  await agent.get("/me").set(bearer(one.answer)).expect(200);
  await agent.post("/refresh").set("Cookie", cookieOf(response)).expect(200);
  await agent.post("/login").send(one.who).expect(401);
  await logIn(agent, { ...one.who, password: next });
  expect(await readActions(agent)).toContain("password.changed");
});

test("the refresh token from before is used up", async () => {
  const { answer, cookie } = await signUp(agent);
  await agent.put("/me/password").set(bearer(answer)).send({ current: password, password: next }).expect(200);
  await agent.post("/refresh").set("Cookie", cookie).expect(401);
});

test("a wrong current password changes nothing", async () => {
  const { who, answer } = await signUp(agent);
  const response = await agent.put("/me/password").set(bearer(answer)).send({ current: next, password: next });
  expect([response.status, response.body.error.code]).toEqual([403, "FORBIDDEN"]);
  await logIn(agent, who);
});

test.each([
  ["a short one", { current: password, password: "seven77" }],
  ["one of 1,025 octets", { current: password, password: "x".repeat(1025) }],
  ["one that many have", { current: password, password: "password123" }],
  ["one with NUL", { current: password, password: "correct\0horse" }],
  ["none", { current: password }],
  ["no current one", { password: next }],
])("refuses %s by INVALID (B-74)", async (_name, body) => {
  const { answer } = await signUp(agent);
  const response = await agent.put("/me/password").set(bearer(answer)).send(body);
  expect([response.status, response.body.error.code]).toEqual([400, "INVALID"]);
});

test("of two changes at once one wins, and the other finds that it has changed", async () => {
  const { who, answer } = await signUp(agent);
  const change = (to: string) =>
    agent.put("/me/password").set(bearer(answer)).send({ current: password, password: to });
  const passwords = ["the first new password", "the second new password"];
  const responses = await Promise.all(passwords.map(change));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 403]));
  const won = passwords[responses.findIndex(({ status }) => status === 200)]!;
  await logIn(agent, { ...who, password: won });
});
