import { AccountChangesPage, LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { bearer, claimsOf, openAuth, readActions, readOutbox, signUp } from "../fixture.ts";

const { agent } = await openAuth({}, afterAll);

test("tells the account of the access token", async () => {
  const { answer } = await signUp(agent);
  const response = await agent.get("/me").set("Authorization", `Bearer ${answer.accessToken}`).expect(200);
  expect(response.body).toEqual(answer.account);
});

test.each([
  ["no token", {}],
  ["an empty Bearer", { Authorization: "Bearer " }],
  ["Basic", { Authorization: "Basic YTpi" }],
  ["another's token", { Authorization: "Bearer e30.e30.e30" }],
])("%s is UNAUTHENTICATED (B-61)", async (_name, headers) => {
  const response = await agent.get("/me").set(headers);
  expect([response.status, response.body.error.code]).toEqual([401, "UNAUTHENTICATED"]);
});

test("tokens in the query and in cookies are not read (B-61)", async () => {
  const { answer, cookie } = await signUp(agent);
  const inQuery = await agent.get(`/me?access_token=${answer.accessToken}&token=${answer.accessToken}`);
  const inCookie = await agent.get("/me").set("Cookie", `${cookie}; access_token=${answer.accessToken}`);
  expect([inQuery.status, inCookie.status]).toEqual([401, 401]);
});

test("a refresh token is no access token (B-66)", async () => {
  const { cookie } = await signUp(agent);
  const response = await agent.get("/me").set("Authorization", `Bearer ${cookie.split("=")[1]}`);
  expect(response.status).toBe(401);
});

test("another nickname is told at once; tokens have it from the next refresh on", async () => {
  const { answer, cookie } = await signUp(agent);
  const { id } = answer.account;
  const response = await agent.patch("/me").set(bearer(answer)).send({ nickname: "  Countess " }).expect(200);
  expect(response.body).toEqual({ ...answer.account, nickname: "Countess" });
  expect((await agent.get("/me").set(bearer(answer))).body.nickname).toBe("Countess");
  const { changes } = AccountChangesPage.parse(await readOutbox(agent, "accounts/changes"));
  const own = changes.filter(({ accountId }) => accountId === id);
  expect(own).toEqual([{ seq: changes.at(-1)!.seq, accountId: id, name: "Countess", version: 2 }]);
  expect((await readActions(agent)).at(-1)).toBe("account.renamed");
  const refreshed = LoginAnswer.parse((await agent.post("/refresh").set("Cookie", cookie)).body);
  expect(claimsOf(refreshed).name).toBe("Countess");
});

test.each([
  ["an empty nickname", { nickname: "" }],
  ["a nickname with NUL", { nickname: "A\0" }],
  ["a nickname of 65 characters", { nickname: "A".repeat(65) }],
  ["no nickname", {}],
])("refuses %s", async (_name, body) => {
  const { answer } = await signUp(agent);
  await agent.patch("/me").set(bearer(answer)).send(body).expect(400);
});
