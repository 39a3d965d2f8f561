import { afterAll, expect, test } from "vitest";
import {
  bearer,
  claimsOf,
  hearEndings,
  logIn,
  openAuth,
  operatorToken,
  readActions,
  serviceToken,
  signUp,
} from "../fixture.ts";

const { agent, bus } = await openAuth({}, afterAll);

test("an account that operators disable is out everywhere, and stays out until it is enabled (B-69)", async () => {
  const { who, answer, cookie } = await signUp(agent);
  const events = await hearEndings(bus);
  const path = `/accounts/${answer.account.id}/disabled`;
  await agent.put(path).set(bearer(operatorToken)).expect(204);
  await agent.get("/me").set(bearer(answer)).expect(401);
  await agent.post("/refresh").set("Cookie", cookie).expect(401);
  expect(events).toMatchObject([{ change: "disabled", sids: [claimsOf(answer).sid] }]);
  const refused = await agent.post("/login").send(who);
  expect([refused.status, refused.body.error.code]).toEqual([403, "FORBIDDEN"]);
  expect((await readActions(agent)).at(-1)).toBe("login.refused");
  await agent
    .post("/login")
    .send({ ...who, password: "another password" })
    .expect(401);

  await agent.delete(path).set(bearer(operatorToken)).expect(204);
  await logIn(agent, who);
});

test("doing it twice is one event", async () => {
  const { agent: own } = await openAuth();
  const { answer } = await signUp(own);
  const path = `/accounts/${answer.account.id}/disabled`;
  for (let n = 0; n < 2; n++) await own.put(path).set(bearer(operatorToken)).expect(204);
  for (let n = 0; n < 2; n++) await own.delete(path).set(bearer(operatorToken)).expect(204);
  expect((await readActions(own)).slice(2)).toEqual(["account.disabled", "account.enabled"]);
});

test.each([
  ["an account's token", async () => (await signUp(agent)).answer.accessToken],
  ["the service token", async () => serviceToken],
  ["a wrong token", async () => "operator-token-of-others"],
])("%s is no operator's", async (_name, token) => {
  const { answer } = await signUp(agent);
  const path = `/accounts/${answer.account.id}/disabled`;
  await agent
    .put(path)
    .set(bearer(await token()))
    .expect(401);
  await agent
    .delete(path)
    .set(bearer(await token()))
    .expect(401);
  await agent.get("/me").set(bearer(answer)).expect(200);
});

test.each(["00000000-0000-7000-8000-000000000000", "google:1", "%00", "';--"])("there is no account %s", async (id) => {
  const response = await agent.put(`/accounts/${encodeURIComponent(id)}/disabled`).set(bearer(operatorToken));
  expect([response.status, response.body.error.code]).toEqual([404, "NOT_FOUND"]);
});

test("without an OPERATOR_TOKEN nobody is an operator", async () => {
  const { agent: closed } = await openAuth({ OPERATOR_TOKEN: "" });
  await closed.post("/keys/rotate").set("Authorization", "Bearer ").expect(401);
  await closed.post("/keys/rotate").set(bearer(operatorToken)).expect(401);
});
