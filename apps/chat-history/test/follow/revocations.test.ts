import { randomUUID } from "node:crypto";
import type { ChatAccessPubSub } from "@parley/contracts";
import request from "supertest";
import { expect, test } from "vitest";
import { createAuthOutboxes } from "../auth-outboxes.ts";
import { channels, openHistory } from "../fixture.ts";

const sidOf = (accountId: string) => `login of ${accountId}`;

test("calls of a login that has ended are refused within a second of the event, and no others (B-69)", async () => {
  const history = await openHistory();
  const [ended, other] = [randomUUID(), randomUUID()];
  const statusOf = async (who: string) => (await history.callAs(who)("get", "/rooms")).status;
  expect([await statusOf(ended), await statusOf(other)]).toEqual([200, 200]);
  const event: ChatAccessPubSub = { accountId: ended, version: 1, change: "logout", sids: [sidOf(ended)] };
  await history.bus.publish(channels.access, ended, JSON.stringify(event));
  await expect.poll(() => statusOf(ended), { timeout: 1_000 }).toBe(401);
  expect((await history.callAs(ended)("put", `/rooms/direct/${other}`)).status).toBe(401);
  expect((await history.callAs(ended)("get", "/room/messages")).status).toBe(401);
  expect(await statusOf(other)).toBe(200);
  await history.close();
});

test("a login that ended before this process was there is refused from the first call on (B-69)", async () => {
  const auth = createAuthOutboxes();
  const ended = randomUUID();
  auth.end(ended, sidOf(ended));
  const history = await openHistory({ auth });
  expect((await history.callAs(ended)("get", "/rooms")).status).toBe(401);
  await history.close();
});

test("nobody is let in, and it is not ready, before it knows which logins have ended", async () => {
  const auth = createAuthOutboxes();
  auth.state.isAway = true;
  const history = await openHistory({ auth });
  const { body } = await request(history.server).get("/health/ready").expect(503);
  expect(body.waiting).toContain("revocations");
  const answer = await history.callAs("alice")("get", "/rooms");
  expect([answer.status, answer.body.error.code]).toEqual([503, "UNAVAILABLE"]);
  auth.state.isAway = false;
  await expect.poll(async () => (await history.callAs("alice")("get", "/rooms")).status, { timeout: 5_000 }).toBe(200);
  await request(history.server).get("/health/ready").expect(200);
  await history.close();
});

test("what is no event of ours, or an old one again, changes nothing (B-92)", async () => {
  const history = await openHistory();
  const [ended, other] = [randomUUID(), randomUUID()];
  const statusOf = async (who: string) => (await history.callAs(who)("get", "/rooms")).status;
  const publish = (payload: unknown) =>
    history.bus.publish(channels.access, "key", typeof payload === "string" ? payload : JSON.stringify(payload));
  await publish({ accountId: ended, version: 7, change: "logout", sids: [sidOf(ended)] });
  await expect.poll(() => statusOf(ended)).toBe(401);
  for (const payload of [
    "",
    "null",
    "[]",
    "{",
    { sids: [sidOf(other)] },
    { version: "1", change: 1, sids: sidOf(other) },
  ])
    await publish(payload);
  await publish({ accountId: ended, version: 6, change: "login", sids: [] });
  await publish({ accountId: other, roomId: "room", version: 1, change: "removed" });
  expect([await statusOf(ended), await statusOf(other)]).toEqual([401, 200]);
  await history.close();
});
