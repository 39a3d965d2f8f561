// The SDK where rooms must be made and joined, on two instances of each service: what it says of rooms, and what it does
// when rights and logins end.
import type { Room, RoomState } from "@parley/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from "vitest";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { startNginx, type Nginx } from "../src/nginx.ts";
import { openGuest, storedTexts, until, type Guest } from "../src/sdk.ts";

const waitFor = { timeout: 60_000 };

let cluster: Cluster;
let nginx: Nginx;
let alice: Guest;
let bob: Guest;

beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), {
    gateways: 2,
    histories: 2,
    historyEnv: { ROOMS_AUTO_CREATE: "false" },
    authEnv: { GUESTS: "true" },
  });
  nginx = await startNginx({
    gateways: cluster.gateways.map(({ url }) => url),
    histories: cluster.histories.map(({ url }) => url),
    auths: [cluster.auth.url],
  });
});
afterAll(async () => {
  await nginx.stop();
  await cluster.close();
});
beforeEach(async () => {
  [alice, bob] = await Promise.all([openGuest(nginx.url, "Alice"), openGuest(nginx.url, "Bob")]);
});
afterEach(async () => {
  await Promise.all([alice, bob].map(({ chat }) => chat.close()));
});

const isLive = ({ status }: RoomState) => status === "live";
const isRefused = ({ status }: RoomState) => status === "refused";

/** A room of Alice's, which she has open. */
async function make(kind: "public" | "private"): Promise<Room> {
  const { id } = await alice.chat.rooms.create({ name: `${kind} room`, kind });
  const room = alice.chat.room(id);
  await until(room.state, isLive);
  return room;
}

async function say(room: Room, text: string) {
  room.send(text);
  await until(room.state, (state) => storedTexts(state)?.at(-1) === text);
}

test("a room that may not be read is refused by itself, and opens once one is invited", async () => {
  const { id } = await make("private");
  const own = bob.chat.room((await bob.chat.rooms.create({ name: "Own", kind: "private" })).id);
  const room = bob.chat.room(id);
  expect(await until(room.state, isRefused)).toMatchObject({ code: "FORBIDDEN", wasRead: false, messages: [] });
  await say(own, "goes on");
  expect(bob.chat.connection.get()).toMatchObject({ status: "connected" });

  await expect(bob.chat.rooms.join(id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await alice.chat.rooms.invite(id, bob.accountId);
  await vi.waitUntil(() => {
    if (isRefused(room.state.get())) room.reopen();
    return isLive(room.state.get());
  }, waitFor);
  await say(room, "here I am");
});

test("a room that was refused opens when it is joined, at once", async () => {
  const { id } = await make("public");
  const room = bob.chat.room(id);
  await until(room.state, isRefused);
  await bob.chat.rooms.join(id);
  await until(room.state, isLive);
});

test("who is removed is told at once and hears nothing more, until they join again", async () => {
  const own = await make("public");
  await bob.chat.rooms.join(own.id);
  const room = bob.chat.room(own.id);
  await say(own, "before");
  await until(room.state, (state) => storedTexts(state)?.length === 1);
  const connection = bob.chat.connection.get();

  const removedAt = performance.now();
  await alice.chat.rooms.remove(own.id, bob.accountId);
  expect(await until(room.state, isRefused)).toMatchObject({ code: "FORBIDDEN", wasRead: true });
  expect(performance.now() - removedAt).toBeLessThan(4_000);
  await say(own, "without Bob");
  expect(storedTexts(room.state.get())).toEqual(["before"]);
  expect(bob.chat.connection.get()).toBe(connection);

  await bob.chat.rooms.join(own.id);
  await until(room.state, (state) => isLive(state) && storedTexts(state)?.length === 2);
  expect(storedTexts(room.state.get())).toEqual(["before", "without Bob"]);
});

test("a muted person's message is failed, says when to try again, and is stored when it is tried then", async () => {
  const { id } = await make("public");
  await bob.chat.rooms.join(id);
  const room = bob.chat.room(id);
  await until(room.state, isLive);
  await alice.chat.rooms.mute(id, bob.accountId, 600);
  await vi.waitUntil(async () => {
    room.send("may I?");
    return (
      await until(room.state, ({ messages }) => messages.every(({ state }) => state !== "pending"))
    ).messages.some(({ state }) => state === "failed");
  }, waitFor);
  const failed = room.state.get().messages.find(({ state }) => state === "failed")!;
  expect(failed).toMatchObject({ code: "FORBIDDEN" });
  expect(failed.retryAt! - Date.now()).toBeGreaterThan(500_000);
  await alice.chat.rooms.unmute(id, bob.accountId);
  await vi.waitUntil(() => {
    room.retry(failed.tempId);
    return room.state.get().messages.every(({ state }) => state === "stored");
  }, waitFor);
});

test("rooms, members and people: made, listed, found, invited, kept out", async () => {
  const { rooms } = alice.chat;
  const { id } = await rooms.create({ name: "Garden", kind: "private" });
  await rooms.invite(id, bob.accountId, "moderator");
  expect(await bob.chat.rooms.get(id)).toMatchObject({ name: "Garden", kind: "private", role: "moderator" });
  expect((await bob.chat.rooms.list()).rooms.map((room) => room.id)).toContain(id);
  const [owner, moderator] = [
    { accountId: alice.accountId, name: "Alice", role: "owner" },
    { accountId: bob.accountId, name: "Bob", role: "moderator" },
  ].map((facts) => expect.objectContaining(facts));
  // Names of people who never spoke come from chat-auth a little later.
  const isAllThere = async () => {
    const { members } = await rooms.members(id);
    expect(members).toHaveLength(2);
    expect(members).toEqual(expect.arrayContaining([owner, moderator]));
  };
  await vi.waitFor(isAllThere, waitFor);

  await bob.chat.rooms.leave(id);
  await expect(bob.chat.rooms.get(id)).rejects.toMatchObject({ name: "ChatError", code: "FORBIDDEN" });
  await rooms.ban(id, bob.accountId);
  await expect(rooms.invite(id, bob.accountId)).rejects.toMatchObject({ code: "CONFLICT" });
  await rooms.unban(id, bob.accountId);
  await rooms.invite(id, bob.accountId);

  const [mine, theirs] = await Promise.all([rooms.direct(bob.accountId), bob.chat.rooms.direct(alice.accountId)]);
  expect(mine).toMatchObject({ id: theirs.id, kind: "direct", name: "Bob", peer: bob.accountId });
  const carol = await openGuest(nginx.url, `Carol ${id}`);
  expect(await rooms.findAccounts(`carol ${id}`)).toEqual([{ id: carol.accountId, nickname: carol.name }]);
  await carol.chat.close();
});

test("who is banned or blocked stands in a list until that ends, for those who may see it", async () => {
  const { rooms } = alice.chat;
  const { id } = await make("public");
  const idsOf = ({ accounts }: { accounts: { accountId: string }[] }) => accounts.map(({ accountId }) => accountId);
  await rooms.ban(id, bob.accountId);
  await rooms.ban(id, "stranger");
  expect(idsOf(await rooms.bans(id))).toEqual([bob.accountId, "stranger"].toSorted());
  await expect(bob.chat.rooms.bans(id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await rooms.unban(id, bob.accountId);
  expect(idsOf(await rooms.bans(id))).toEqual(["stranger"]);

  await rooms.block(bob.accountId);
  expect(idsOf(await rooms.blocked())).toEqual([bob.accountId]);
  await expect(bob.chat.rooms.direct(alice.accountId)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await rooms.unblock(bob.accountId);
  expect(idsOf(await rooms.blocked())).toEqual([]);
  await bob.chat.rooms.direct(alice.accountId);
});

test("a room is called otherwise once it is renamed; deleted, it is refused to all who have it open", async () => {
  const { rooms } = alice.chat;
  const own = await make("public");
  await bob.chat.rooms.join(own.id);
  const room = bob.chat.room(own.id);
  await until(room.state, isLive);
  expect(await rooms.rename(own.id, "Orchard")).toMatchObject({ id: own.id, name: "Orchard" });
  expect(await bob.chat.rooms.get(own.id)).toMatchObject({ name: "Orchard" });
  await expect(bob.chat.rooms.delete(own.id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  await rooms.delete(own.id);
  for (const { state } of [own, room]) await until(state, isRefused);
  await expect(rooms.get(own.id)).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a login that ends closes the chat", async () => {
  await until(bob.chat.connection, ({ status }) => status === "connected");
  await bob.signOut();
  const closed = { status: "closed", code: "UNAUTHENTICATED" };
  expect(await until(bob.chat.connection, ({ status }) => status === "closed")).toEqual(closed);
});
