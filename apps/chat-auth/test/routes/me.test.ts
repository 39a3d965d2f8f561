import { afterAll, expect, test } from "vitest";
import { openAuth, signUp } from "../fixture.ts";

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
