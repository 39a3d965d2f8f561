import { randomUUID } from "node:crypto";
import { AccessAnswer, ChatAccessPubSub, deletedAccountName, MembersPage } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createAuthOutboxes } from "../auth-outboxes.ts";
import { channels, messageFor, openHistory, record } from "../fixture.ts";

const patience = { timeout: 10_000 };

describe("accounts that chat-auth tells of", () => {
  const auth = createAuthOutboxes();
  let history: Awaited<ReturnType<typeof openHistory>>;
  const events: ChatAccessPubSub[] = [];
  beforeAll(async () => {
    history = await openHistory({ auth, env: { ROOMS_AUTO_CREATE: "false" } });
    await history.bus.subscribe(channels.access, (payload) => events.push(ChatAccessPubSub.parse(JSON.parse(payload))));
  });
  afterAll(() => history.close());

  async function makeRoom(
    owner: string,
    kind: "public" | "private",
    members: string[] = [],
    moderators: string[] = [],
  ) {
    const call = history.callAs(owner);
    const { body } = await call("post", "/rooms", { name: "Room", kind });
    const roomId: string = body.room.id;
    for (const who of members) await call("put", `/rooms/${roomId}/members/${who}`);
    for (const who of moderators) await call("put", `/rooms/${roomId}/members/${who}`, { role: "moderator" });
    return roomId;
  }
  async function accessOf(roomId: string, accountId: string) {
    const { body } = await history.callInternally("get", `/internal/rooms/${roomId}/access/${accountId}`);
    return AccessAnswer.parse(body);
  }
  async function stateOf(accountId: string) {
    const { rows } = await history.pool.query(
      "SELECT name, version::int, is_deleted FROM chat.sender WHERE account_id = $1",
      [accountId],
    );
    return rows[0] as { name: string; version: number; is_deleted: boolean } | undefined;
  }
  const people = (count: number) => Array.from({ length: count }, () => randomUUID());
  const isGone = (accountId: string) =>
    vi.waitUntil(async () => {
      const { rows } = await history.pool.query(
        "SELECT FROM chat.follow WHERE name = 'accounts' AND position = (SELECT $1::bigint)",
        [auth.accounts.at(-1)!.seq],
      );
      return rows.length > 0 && (await stateOf(accountId))?.is_deleted;
    }, patience);

  test("are called as it says, in all that is read, whatever their messages say; an older name does not come back", async () => {
    const [owner] = people(1) as [string];
    const roomId = await makeRoom(owner, "private");
    await record(history.bus, [messageFor(roomId, { sender: owner, senderName: "In the message" })]);
    auth.change(owner, 2, "Two");
    await expect.poll(() => stateOf(owner), patience).toMatchObject({ name: "Two", version: 2 });
    await record(history.bus, [messageFor(roomId, { sender: owner, senderName: "In the message" })]);
    auth.change(owner, 1, "One");
    auth.change(randomUUID(), 1, "Somebody");
    await expect.poll(() => stateOf(auth.accounts.at(-1)!.accountId), patience).toMatchObject({ name: "Somebody" });
    const call = history.callAs(owner);
    const page = await call("get", `/${roomId}/messages`);
    expect(page.body.messages).toMatchObject([{ senderName: "Two" }, { senderName: "Two" }]);
    const { body } = await call("get", `/rooms/${roomId}/members`);
    expect(MembersPage.parse(body).members).toMatchObject([{ accountId: owner, name: "Two" }]);
  });

  test("that were deleted leave all their rooms, which is told at once; their messages stay, without the name", async () => {
    const [gone, other] = people(2) as [string, string];
    const rooms = [await makeRoom(other, "private", [gone]), await makeRoom(other, "private", [gone])];
    const direct = (await history.callAs(gone)("put", `/rooms/direct/${other}`)).body.room.id as string;
    await record(history.bus, [messageFor(rooms[0]!, { sender: gone, senderName: "Gone" })]);
    auth.change(gone, 5, null);
    await isGone(gone);
    for (const roomId of [...rooms, direct]) {
      expect(await accessOf(roomId, gone)).toMatchObject({ read: false, write: false, role: null });
      expect(events.findLast((event) => event.roomId === roomId)).toMatchObject({
        accountId: gone,
        change: "left",
      });
    }
    const page = await history.callAs(other)("get", `/${rooms[0]}/messages`);
    expect(page.body.messages).toMatchObject([{ sender: gone, senderName: deletedAccountName, content: "text" }]);
    const room = await history.callAs(other)("get", `/rooms/${direct}`);
    expect(room.body.room).toMatchObject({ peer: gone, name: deletedAccountName });
  });

  test("that were deleted cannot be invited or written to any more", async () => {
    const [gone, other] = people(2) as [string, string];
    auth.change(gone, 1, null);
    await isGone(gone);
    const roomId = await makeRoom(other, "private");
    expect((await history.callAs(other)("put", `/rooms/${roomId}/members/${gone}`)).status).toBe(404);
    expect((await history.callAs(other)("put", `/rooms/direct/${gone}`)).status).toBe(404);
  });

  test("pass their rooms to the moderator who was there longest, else to such a member, else to nobody", async () => {
    const [owner, first, second, third] = people(4) as [string, string, string, string];
    const moderated = await makeRoom(owner, "private", [first, second, third], [third, second]);
    const plain = await makeRoom(owner, "private", [second, third]);
    const alone = await makeRoom(owner, "private");
    auth.change(owner, 1, null);
    await isGone(owner);
    const owners = [await accessOf(moderated, second), await accessOf(plain, second)].map(({ role }) => role);
    expect(owners).toEqual(["owner", "owner"]);
    expect((await accessOf(moderated, third)).role).toBe("moderator");
    const { rows } = await history.pool.query("SELECT members FROM chat.room_access WHERE room_id = ANY ($1)", [
      [moderated, plain, alone],
    ]);
    expect(new Set(rows.map(({ members }) => members))).toEqual(new Set([0, 2, 3]));
  });

  test("are read again from the beginning when chat-auth was restored, and nothing happens twice", async () => {
    const [gone, other] = people(2) as [string, string];
    const roomId = await makeRoom(other, "private", [gone]);
    auth.change(gone, 1, null);
    await isGone(gone);
    const { version } = await accessOf(roomId, other);
    await history.pool.query("UPDATE chat.follow SET position = 1000000 WHERE name = 'accounts'");
    await isGone(gone);
    expect((await accessOf(roomId, other)).version).toBe(version);
  });

  test("what was followed is not read again by the next process", async () => {
    const [renamed] = people(1) as [string];
    auth.change(renamed, 1, "Before");
    await expect.poll(() => stateOf(renamed), patience).toMatchObject({ name: "Before" });
    const asked: number[] = [];
    const next = createAuthOutboxes();
    next.accounts.push(...auth.accounts);
    const { answer } = next;
    next.answer = (path, after) => {
      if (path.includes("accounts")) asked.push(after);
      return answer(path, after);
    };
    const other = await openHistory({ auth: next, databaseUrl: history.databaseUrl, bus: history.bus });
    await expect.poll(() => asked.length, patience).toBeGreaterThan(0);
    expect(asked[0]).toBe(auth.accounts.at(-1)!.seq);
    await other.close();
  });
});
