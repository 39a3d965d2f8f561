// Logins that end take their connections with them, everywhere, whether or not it is heard of (B-69).
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { logIn, signUp, type Member } from "../src/accounts.ts";
import { call } from "../src/call.ts";
import { operatorToken, startCluster, unhurried, type Cluster } from "../src/cluster.ts";
import { muffleAccess, unmuffleAccess } from "../src/muffle.ts";
import { openRaw } from "../src/raw-client.ts";
import { openListener } from "../src/room-listener.ts";
import { roomCalls } from "../src/rooms.ts";

/** Between two questions whether a token is still taken. */
const pauseMs = 50;

let cluster: Cluster;
let redis: Redis;
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), {
    gateways: 2,
    histories: 2,
    partitions: 4,
    gatewayEnv: { ...unhurried, ACCESS_CHECK_MS: "2000" },
  });
  redis = new Redis(cluster.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await cluster.close();
});

/** How a login ends; each resolves with when that was answered. */
const endings: [string, (member: Member) => Promise<number>][] = [
  ["logout", (member) => call(`${cluster.auth.url}/logout`, "POST", member)],
  [
    "logout-all",
    async (member) => call(`${cluster.auth.url}/logout-all`, "POST", await logIn(cluster.auth.url, member)),
  ],
  [
    "a password change elsewhere",
    async (member) => {
      const body = { current: member.password, password: "battery staple correct" };
      return call(`${cluster.auth.url}/me/password`, "PUT", await logIn(cluster.auth.url, member), body);
    },
  ],
  [
    "an operator who disables the account",
    ({ accountId }) => call(`${cluster.auth.url}/accounts/${accountId}/disabled`, "PUT", { token: operatorToken }),
  ],
  [
    "the end of the account",
    (member) => call(`${cluster.auth.url}/me`, "DELETE", member, { password: member.password }),
  ],
];

/** Connected to both instances, twice: with and without a place to be told. */
async function connectEverywhere(member: Member) {
  const clients = await Promise.all(
    [...cluster.gateways, ...cluster.gateways].map((gateway) => openRaw(gateway.url, member)),
  );
  for (const client of clients.slice(cluster.gateways.length))
    client.send("SUBSCRIBE", { id: "errors", destination: "/user/queue/errors" });
  return clients;
}

/** Resolves with when the last of them was told, and closed. */
async function untilEnded(clients: Awaited<ReturnType<typeof connectEverywhere>>): Promise<number> {
  const ended = clients.map(async (client) => {
    const error = await client.next("ERROR");
    expect(error.headers["code"]).toBe("UNAUTHENTICATED");
    expect(await client.closed).toBe(1008);
    return performance.now();
  });
  return Math.max(...(await Promise.all(ended)));
}

/** Whether each service refuses the token. */
function areRefused({ token, ...member }: Member): Promise<boolean[]> {
  const status = async (url: string) =>
    (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status === 401;
  const connects = async (url: string) => {
    const client = await openRaw(url);
    client.send("CONNECT", { "accept-version": "1.2", host: "x", Authorization: `Bearer ${token}` });
    await client.frames.until((all) => all.length > 0);
    client.close();
    const [first] = client.frames.all;
    return first?.headers["code"] === "UNAUTHENTICATED" && first.headers["user-name"] !== member.accountId;
  };
  return Promise.all([
    ...cluster.gateways.map(({ url }) => connects(url)),
    ...cluster.histories.map(({ url }) => status(`${url}/rooms`)),
    status(`${cluster.auth.url}/me`),
  ]);
}

/** Resolves with when the last question began that somebody did not refuse. */
async function untilRefused(member: Member): Promise<number> {
  for (let lastMs = -Infinity; ;) {
    const askedMs = performance.now();
    if ((await areRefused(member)).every(Boolean)) return lastMs;
    lastMs = askedMs;
    await sleep(pauseMs);
  }
}

async function expectEnd(end: (member: Member) => Promise<number>, msMax: number): Promise<void> {
  const member = await signUp(cluster.auth.url, "Ada");
  const clients = await connectEverywhere(member);
  const endedMs = await end(member);
  const [closedMs, lastTakenMs] = await Promise.all([untilEnded(clients), untilRefused(member)]);
  expect(closedMs - endedMs).toBeLessThan(msMax);
  expect(lastTakenMs - endedMs).toBeLessThan(msMax);
}

test.each(endings)(
  "after %s tokens are refused and connections ended within 1 s, on all instances (B-69)",
  (_how, end) => expectEnd(end, 1_000),
);

describe("with the event lost", () => {
  beforeAll(() => muffleAccess(redis));
  afterAll(() => unmuffleAccess(redis));

  test("after each of them it is the same within 60 s", async () => {
    await Promise.all(endings.map(([, end]) => expectEnd(end, 60_000)));
  });

  test("a removal ends the subscription within 60 s, on all instances", async () => {
    const [owner, guest] = await Promise.all([signUp(cluster.auth.url, "Owner"), signUp(cluster.auth.url, "Guest")]);
    const calls = roomCalls(cluster.histories[0]!.url, owner);
    const roomId = `removal-${owner.accountId}`;
    await calls.make(roomId, "private");
    await calls.put(roomId, guest.accountId);
    const listeners = await Promise.all(cluster.gateways.map(({ url }) => openListener(url, guest)));
    const ids = listeners.map((listener) => listener.subscribe(roomId));
    for (const [n, listener] of listeners.entries()) expect(await listener.stands(ids[n]!)).toBe(true);
    const lostMs = await calls.sendAway(roomId, guest.accountId);
    const told = await Promise.all(listeners.map((listener, n) => listener.ended(ids[n]!)));
    for (const { atMs } of told) expect(atMs - lostMs).toBeLessThan(60_000);
  });
});

test("a login that goes on is left alone when the others end", async () => {
  const member = await signUp(cluster.auth.url, "Ada");
  const other = await logIn(cluster.auth.url, member);
  const stays = await openListener(cluster.gateways[0]!.url, other);
  const clients = await connectEverywhere(member);
  await call(`${cluster.auth.url}/logout`, "POST", member);
  await untilEnded(clients);
  expect(await stays.stands(stays.subscribe(`of-${other.accountId}`))).toBe(true);
});
