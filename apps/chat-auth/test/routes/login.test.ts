import { LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { claimsOf, cookieOf, openAuth, password, signUp } from "../fixture.ts";

const { agent } = await openAuth({}, afterAll);

test("a login is another login of the same account, whatever the case of the address", async () => {
  const { who, answer, cookie } = await signUp(agent);
  const response = await agent.post("/login").send({ email: who.email.toUpperCase(), password }).expect(200);
  const again = LoginAnswer.parse(response.body);
  expect(again.account).toEqual(answer.account);
  expect(claimsOf(again).sid).not.toBe(claimsOf(answer).sid);
  expect(cookieOf(response)).not.toBe(cookie);
});

test("a wrong password and an unknown address get the same answer after the same work", async () => {
  const { agent: own } = await openAuth();
  const { who } = await signUp(own);
  const answers = [];
  for (const wrong of [
    { email: who.email, password: "another password" },
    { email: "nobody@example.org", password },
    { email: "no address", password },
    { email: "nul\0@example.org", password },
  ]) {
    const response = await own.post("/login").send(wrong);
    answers.push([response.status, response.body.error.code, response.body.error.message, response.get("Set-Cookie")]);
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toEqual([401, "UNAUTHENTICATED", "The credentials are missing or wrong.", undefined]);
  const metrics = (await own.get("/metrics")).text;
  expect(metrics).toMatch(/password_hash_seconds_count\{.*\} 5/);
  expect(metrics).toMatch(/logins_total\{outcome="refused",.*\} 4/);
  expect(metrics).toMatch(/signups_total\{.*\} 1/);
});

test.each([
  ["a password over 1,024 octets", { password: "x".repeat(1025) }],
  ["a password with NUL", { password: "\0" }],
  ["no password", { password: undefined }],
  ["an address of 10 KiB", { email: "a".repeat(10_240) }],
])("refuses %s by INVALID (B-74)", async (_name, changed) => {
  const response = await agent.post("/login").send({ email: "a@example.org", password, ...changed });
  expect([response.status, response.body.error.code]).toEqual([400, "INVALID"]);
});
