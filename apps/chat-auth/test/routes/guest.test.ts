import { LoginAnswer } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import { bearer, claimsOf, cookieOf, openAuth, readActions, readOutbox } from "../fixture.ts";

const { agent } = await openAuth({ GUESTS: "true" }, afterAll);

async function comeIn(nickname: string) {
  const response = await agent.post("/guest").send({ nickname }).expect(201);
  return { answer: LoginAnswer.parse(response.body), cookie: cookieOf(response) };
}

test("a guest is an account without an address, with a login like any", async () => {
  const { answer, cookie } = await comeIn("Guest");
  expect(answer.account).toMatchObject({ email: null, nickname: "Guest" });
  expect(claimsOf(answer)).toMatchObject({ sub: answer.account.id, name: "Guest" });
  expect((await agent.get("/me").set(bearer(answer)).expect(200)).body).toEqual(answer.account);
  await agent.post("/refresh").set("Cookie", cookie).expect(200);
  expect((await readOutbox(agent, "accounts/changes")).changes).toMatchObject([{ name: "Guest" }]);
  expect(await readActions(agent)).toEqual(["account.created", "login.accepted"]);
});

test("guests of one name are as many accounts", async () => {
  const [one, other] = [await comeIn("Twin"), await comeIn("Twin")];
  expect(one.answer.account.id).not.toBe(other.answer.account.id);
});

test("a guest has no password to change, and needs none to be deleted", async () => {
  const { answer } = await comeIn("Guest");
  const change = { current: "correct horse battery", password: "another battery horse" };
  await agent.put("/me/password").set(bearer(answer)).send(change).expect(403);
  await agent.delete("/me").set(bearer(answer)).expect(204);
  await agent.get("/me").set(bearer(answer)).expect(401);
});

test.each([
  ["no name", {}],
  ["a name of white space", { nickname: "  " }],
  ["no body", undefined],
])("refuses %s", async (_name, body) => {
  await agent.post("/guest").send(body).expect(400);
});

test("guests are let in only where that is switched on, and screens are told (GET /methods)", async () => {
  const { agent: closed } = await openAuth();
  const response = await closed.post("/guest").send({ nickname: "Guest" });
  expect([response.status, response.body.error.code]).toEqual([404, "NOT_FOUND"]);
  expect((await closed.get("/methods").expect(200)).body).toEqual({ password: true, guest: false, oidc: [] });
  expect((await agent.get("/methods").expect(200)).body).toEqual({ password: true, guest: true, oidc: [] });
});
