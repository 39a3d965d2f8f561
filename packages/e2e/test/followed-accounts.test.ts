// What happens to an account in chat-auth is seen in rooms, and all of it is in the one audit log.
import { randomUUID } from "node:crypto";
import { AuditPage, deletedAccountName, MembersPage, type Member } from "@parley/contracts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { call } from "../src/call.ts";
import { operatorToken, startCluster, type Cluster } from "../src/cluster.ts";
import { roomCalls } from "../src/rooms.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const patience = { timeout: 15_000, interval: 100 };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 2 });
});
afterAll(() => cluster.close());

/** Of the history that the rest of the test does not ask. */
const historyUrl = () => cluster.histories[1]!.url;

async function readMembers(roomId: string, { token }: Person): Promise<Member[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${historyUrl()}/rooms/${roomId}/members`, { headers });
  return MembersPage.parse(await answer.json()).members;
}

async function readActions(query: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${operatorToken}` };
  const answer = await fetch(`${historyUrl()}/audit?${query}`, { headers });
  return AuditPage.parse(await answer.json()).events.map(({ action }) => action);
}

test("a new name is on old messages, a deleted account is gone from its rooms, its own pass on, and the audit log says so", async () => {
  const { auth, gateways, histories } = cluster;
  const [owner, member] = [await signUp(auth.url, "Before"), await signUp(auth.url, "Member")];
  const roomId = randomUUID();
  const calls = roomCalls(histories[0]!.url, owner);
  await calls.make(roomId, "private");
  await calls.put(roomId, member.accountId);
  const client = await connectStompjs(gateways[0]!.url, owner);
  await client.send({ roomId, content: "said before" });
  await client.close();

  await call(`${auth.url}/me`, "PATCH", owner, { nickname: "After" });
  await expect
    .poll(async () => (await readHistory(historyUrl(), roomId, member)).map(({ senderName }) => senderName), patience)
    .toEqual(["After"]);

  await call(`${auth.url}/me`, "DELETE", owner, { password: owner.password });
  await expect
    .poll(async () => (await readMembers(roomId, member)).map(({ accountId, role }) => [accountId, role]), patience)
    .toEqual([[member.accountId, "owner"]]);
  await expect
    .poll(() => readHistory(historyUrl(), roomId, member), patience)
    .toMatchObject([{ sender: owner.accountId, senderName: deletedAccountName, content: "said before" }]);

  const wanted = [
    "account.created",
    "account.renamed",
    "account.deleted",
    "room.created",
    "member.invited",
    "member.left",
  ];
  await expect.poll(() => readActions(`account=${owner.accountId}`), patience).toEqual(expect.arrayContaining(wanted));
  expect(await readActions(`room=${roomId}&account=${member.accountId}`)).toEqual(["member.role", "member.invited"]);
});
