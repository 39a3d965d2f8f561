import { LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { claimsOf, count, logIn, openAuth, query, setCookieOf, signUp, someone } from "../fixture.ts";

const { agent } = await openAuth({}, afterAll);

test("a sign-up answers the account, a token for it and a cookie that scripts and other sites cannot use", async () => {
  const { agent: own } = await openAuth({ COOKIE_PATH: "/auth" });
  const who = someone();
  const response = await own.post("/signup").send(who).expect(201);
  const answer = LoginAnswer.parse(response.body);
  const { account, expiresIn } = answer;
  expect(account).toMatchObject({ email: who.email, nickname: "Ada" });
  expect(claimsOf(answer)).toMatchObject({ sub: account.id, name: "Ada", iss: "parley", aud: "parley" });
  expect(expiresIn).toBe(900);
  expect(setCookieOf(response).split("; ").slice(1)).toEqual([
    "Max-Age=2592000",
    "Path=/auth",
    expect.stringMatching(/^Expires=/),
    "HttpOnly",
    "Secure",
    "SameSite=Strict",
  ]);
  expect(response.get("Cache-Control")).toContain("no-store");
});

test("neither the password nor the refresh token is kept", async () => {
  const { agent: own, database } = await openAuth();
  const { who, cookie } = await signUp(own);
  const rows = await query(
    database.url,
    "SELECT a::text || l::text || encode(t.hash, 'escape') AS row FROM auth.account a, auth.login l, auth.refresh_token t",
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]!["row"]).not.toContain(who.password);
  expect(rows[0]!["row"]).not.toContain(cookie.split("=")[1]);
});

test("50 sign-ups of one address in parallel make one account (B-75)", async () => {
  const { agent: own, database } = await openAuth();
  const who = someone();
  const responses = await Promise.all(Array.from({ length: 50 }, () => own.post("/signup").send(who)));
  expect(count(responses, 201)).toBe(1);
  expect(count(responses, 409)).toBe(49);
  expect(new Set(responses.map(({ body }) => body.error?.code))).toEqual(new Set([undefined, "CONFLICT"]));
  expect(await query(database.url, "SELECT count(*)::int AS n FROM auth.account")).toEqual([{ n: 1 }]);
}, 60_000);

test("an address is one whatever its case (B-74)", async () => {
  await signUp(agent, { ...someone(), email: "ada@example.org" });
  const response = await agent.post("/signup").send({ ...someone(), email: "Ada@Example.ORG" });
  expect(response.status).toBe(409);
});

test.each([
  ["an address with CR LF", { email: "a@example.org\r\nBcc: b@example.org" }],
  ["an address of 10 KiB", { email: `${"a".repeat(10_240)}@example.org` }],
  ["an address without a dot", { email: "a@b" }],
  ["an address with quotes", { email: '"a b"@example.org' }],
  ["a password over 1,024 octets", { password: "x".repeat(1025) }],
  ["a password of 342 three-octet characters", { password: "가".repeat(342) }],
  ["a password with NUL", { password: "correct\0horse" }],
  ["a short password", { password: "seven77" }],
  ["a password that is short in NFKC", { password: "e\u0301".repeat(7) }],
  ["a password that many have", { password: "Password123" }],
  ["the address for a password", { email: "ada.l@example.org", password: "ADA.L@example.org" }],
  ["the nickname for a password", { nickname: "Ada Lovelace", password: "ada lovelace" }],
  ["an address of two lines", { email: "a@example.org\nb@example.org" }],
  ["two addresses", { email: "a@example.org,b@example.org" }],
  ["no nickname", { nickname: undefined }],
  ["a nickname of white space", { nickname: " \t" }],
  ["a nickname that shows nothing", { nickname: "\u200b\u2060" }],
  ["a nickname with NUL", { nickname: "A\0da" }],
  ["a nickname with a line break", { nickname: "A\nda" }],
  ["a number for a password", { password: 12_345_678 }],
])("refuses %s by INVALID, without an echo (B-74)", async (_name, changed) => {
  const response = await agent.post("/signup").send({ ...someone(), ...changed });
  expect(response.status).toBe(400);
  expect(response.body).toEqual({
    error: { code: "INVALID", message: "The request is not valid.", requestId: response.get("X-Request-Id") },
  });
});

test("refuses a password with half a character", async () => {
  const body = JSON.stringify(someone()).replace("horse", "\\ud800");
  expect((await agent.post("/signup").type("json").send(body)).status).toBe(400);
});

test("a password of 1,024 octets is good, and all of it counts (B-74)", async () => {
  const long = "한".repeat(341) + "x";
  const { who } = await signUp(agent, { ...someone(), password: long });
  await logIn(agent, who);
  await agent
    .post("/login")
    .send({ email: who.email, password: `${long.slice(0, -1)}y` })
    .expect(401);
});

test("forms of one password that NFKC makes equal log in (B-74)", async () => {
  const { who } = await signUp(agent, { ...someone(), password: "Ångström ﬁxed" });
  const { answer } = await logIn(agent, { ...who, password: "A\u030Angstro\u0308m fixed" });
  expect(answer.account.email).toBe(who.email);
});

test("refuses a nickname with half a character", async () => {
  const body = JSON.stringify(someone()).replace('"Ada"', '"A\\ud800"');
  expect((await agent.post("/signup").type("json").send(body)).status).toBe(400);
});

test("refuses a password of 1 MiB by its size, before it is hashed (B-74)", async () => {
  const { agent: own } = await openAuth();
  const response = await own.post("/signup").send({ ...someone(), password: "x".repeat(1024 * 1024) });
  expect(response.status).toBe(413);
  expect((await own.get("/metrics")).text).toMatch(/password_hash_seconds_count\{.*\} 0/);
});

test.each(["", "null", "[]", '"text"', "{"])("refuses the body %j", async (body) => {
  expect((await agent.post("/signup").type("json").send(body)).status).toBe(400);
});

test("more than may wait for hashing are told to come back", async () => {
  const { agent: own } = await openAuth({ HASHES_AT_ONCE_MAX: "1", HASHES_WAITING_MAX: "1" });
  const responses = await Promise.all(Array.from({ length: 10 }, () => own.post("/signup").send(someone())));
  const refused = responses.filter(({ status }) => status !== 201);
  expect(refused.length).toBeGreaterThan(0);
  for (const response of refused) {
    expect(response.status).toBe(503);
    expect(response.body.error.code).toBe("OVERLOADED");
    expect(response.get("Retry-After")).toBe("1");
  }
});
