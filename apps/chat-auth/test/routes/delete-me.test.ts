import { AccountChangesPage } from "@parley/contracts";
import { afterAll, expect, test } from "vitest";
import {
  bearer,
  claimsOf,
  hearEndings,
  openAuth,
  password,
  query,
  readActions,
  readOutbox,
  setCookieOf,
  signUp,
} from "../fixture.ts";

const { agent, bus, database } = await openAuth({}, afterAll);

test("what is left of a deleted account is its id; all logins end, and others are told (B-69)", async () => {
  const { who, answer, cookie } = await signUp(agent);
  const { id } = answer.account;
  const events = await hearEndings(bus);
  const response = await agent.delete("/me").set(bearer(answer)).send({ password }).expect(204);
  expect(setCookieOf(response)).toMatch(/^refresh_token=;/);

  await agent.get("/me").set(bearer(answer)).expect(401);
  await agent.post("/refresh").set("Cookie", cookie).expect(401);
  await agent.post("/login").send(who).expect(401);
  expect(events).toMatchObject([{ accountId: id, change: "deleted", sids: [claimsOf(answer).sid] }]);
  const [row] = await query(database.url, `SELECT * FROM auth.account WHERE id = '${id}'`);
  expect(row).toMatchObject({ email: null, nickname: "", password_hash: null, deleted_at: expect.any(Date) });
  expect(await query(database.url, `SELECT 1 FROM auth.login_address WHERE account_id = '${id}'`)).toEqual([]);
  const { changes } = AccountChangesPage.parse(await readOutbox(agent, "accounts/changes"));
  expect(changes.at(-1)).toMatchObject({ accountId: id, name: null });
  expect(await readActions(agent)).toContain("account.deleted");
});

test("others see a deleted account by no name, and do not find it", async () => {
  const { answer } = await signUp(agent);
  const other = await signUp(agent, { email: "grace@example.org", password, nickname: "Grace Hopper" });
  await agent.delete("/me").set(bearer(other.answer)).send({ password }).expect(204);
  const { id } = other.answer.account;
  const shown = await agent.get(`/accounts/${id}`).set(bearer(answer)).expect(200);
  expect(shown.body).toEqual({ account: { id, nickname: "deleted account" } });
  expect((await agent.get("/accounts?query=grace").set(bearer(answer))).body.accounts).toEqual([]);
});

test("the address may be used again, for another account", async () => {
  const { who, answer } = await signUp(agent);
  await agent.delete("/me").set(bearer(answer)).send({ password }).expect(204);
  const again = await signUp(agent, who);
  expect(again.answer.account.id).not.toBe(answer.account.id);
});

test.each([
  ["a wrong password", { password: "another password" }],
  ["no password", {}],
])("%s deletes nothing", async (_name, body) => {
  const { who, answer } = await signUp(agent);
  const response = await agent.delete("/me").set(bearer(answer)).send(body);
  expect([response.status, response.body.error.code]).toEqual([403, "FORBIDDEN"]);
  await agent.post("/login").send(who).expect(200);
});
