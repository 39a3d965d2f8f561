// What rights cost and what refusals tell: nothing asked in the steady state, and no room given away (B-54).
import { randomUUID } from "node:crypto";
import { ChatRejected } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { signUp, type Member } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { percentile } from "../src/counting-reader.ts";
import { readMetric } from "../src/metric.ts";
import { openRaw, type RawClient } from "../src/raw-client.ts";
import { openListener } from "../src/room-listener.ts";
import { roomCalls, type RoomCalls } from "../src/rooms.ts";

let cluster: Cluster;
let [owner, guest]: Member[] = [];
let asOwner: RoomCalls;
beforeAll(async () => {
  const historyEnv = {
    ROOMS_AUTO_CREATE: "false",
    CHANGES_PER_SECOND_MAX: "1000",
    CHANGES_BURST_MAX: "1000",
    ROOMS_PER_HOUR_MAX: "1000",
  };
  cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 2, historyEnv });
  [owner, guest] = await Promise.all([signUp(cluster.auth.url, "Owner"), signUp(cluster.auth.url, "Guest")]);
  asOwner = roomCalls(cluster.histories[0]!.url, owner);
});
afterAll(() => cluster.close());

async function makeRoom(kind: "public" | "private" = "private"): Promise<string> {
  const roomId = randomUUID();
  await asOwner.make(roomId, kind);
  return roomId;
}

async function makeRoomWithGuest(): Promise<string> {
  const roomId = await makeRoom();
  await asOwner.put(roomId, guest!.accountId);
  return roomId;
}

/** A connection that is told its refusals, and does one thing after the other. */
async function openAsking(gateway = 0) {
  const client = await openRaw(cluster.gateways[gateway]!.url, guest);
  client.send("SUBSCRIBE", { id: "errors", destination: "/user/queue/errors" });
  let asked = 0;
  return {
    client,
    send(roomId: string) {
      const body = JSON.stringify({ roomId, content: "text" });
      return answerTo(client, "SEND", { destination: "/app/chat", receipt: `r${++asked}` }, body);
    },
    subscribe(roomId: string) {
      const headers = { id: `s${++asked}`, destination: `/topic/${roomId}`, receipt: `r${asked}` };
      return answerTo(client, "SUBSCRIBE", headers);
    },
  };
}

/** `RECEIPT`, or what it was refused with; and how long that took. */
async function answerTo(client: RawClient, command: string, headers: Record<string, string>, body?: string) {
  const { receipt } = headers;
  const from = client.frames.all.length;
  const startMs = performance.now();
  client.send(command, headers, body);
  const read = () =>
    client.frames.all
      .slice(from)
      .filter((frame) => frame.headers["receipt-id"] === receipt || frame.headers["subscription"] === "errors")
      .map(({ command: kind, body: text }) => (kind === "RECEIPT" ? kind : ChatRejected.parse(JSON.parse(text))))
      .find((answer) => answer === "RECEIPT" || answer.receiptId === receipt);
  await client.frames.until(() => read() !== undefined);
  return { answer: read()!, tookMs: performance.now() - startMs };
}

test("1,000 messages of a member cost not one question to chat-history", async () => {
  const [roomId, gateway] = [await makeRoomWithGuest(), cluster.gateways[0]!.url];
  const asking = await openAsking();
  for (const { answer } of [await asking.subscribe(roomId), await asking.send(roomId)]) expect(answer).toBe("RECEIPT");
  const checks = async () =>
    Promise.all(["known", "asked"].map((source) => readMetric(gateway, "access_checks_total", `source="${source}"`)));
  const [knownBefore = 0, askedBefore] = await checks();
  const { client } = asking;
  for (let n = 1; n <= 1_000; n++)
    client.send("SEND", { destination: "/app/chat", receipt: `m${n}` }, JSON.stringify({ roomId, content: `${n}` }));
  await client.frames.until((all) => all.some(({ headers }) => headers["receipt-id"] === "m1000"));
  expect(await checks()).toEqual([knownBefore + 1_000, askedBefore]);
  client.close();
});

describe("a room that one may not enter is refused like one that is not there (B-54, B-81)", () => {
  const places: [string, () => Promise<string>][] = [
    ["that does not exist", async () => randomUUID()],
    ["that is private", () => makeRoom()],
    ["that is public, and was not joined", () => makeRoom("public")],
    ["that one was removed from", async () => losing((roomId) => asOwner.sendAway(roomId, guest!.accountId))],
    ["that one is banned from", async () => losing((roomId) => asOwner.ban(roomId, guest!.accountId))],
    ["that was deleted just now", async () => losing((roomId) => asOwner.remove(roomId))],
  ];

  /** A room that the gateway knows the guest to be in, until it hears otherwise. */
  async function losing(lose: (roomId: string) => Promise<unknown>): Promise<string> {
    const roomId = await makeRoomWithGuest();
    const listener = await openListener(cluster.gateways[0]!.url, guest!);
    const id = listener.subscribe(roomId);
    expect(await listener.stands(id)).toBe(true);
    await lose(roomId);
    await listener.ended(id);
    listener.client.close();
    return roomId;
  }

  const refusal = { code: "FORBIDDEN", message: "This is not allowed.", retryable: false };

  test.each(places)("one %s", async (_which, find) => {
    const roomId = await find();
    const asking = await openAsking();
    const [sent, subscribed] = [(await asking.send(roomId)).answer, (await asking.subscribe(roomId)).answer];
    expect(sent).toEqual({ ...refusal, roomId, receiptId: "r1" });
    expect(subscribed).toEqual({ ...refusal, roomId, receiptId: "r2", subscription: "s2" });
    asking.client.close();
    for (const { url } of cluster.histories)
      for (const path of [`/${roomId}/messages`, `/rooms/${roomId}/members`]) {
        const headers = { authorization: `Bearer ${guest!.token}` };
        const response = await fetch(url + path, { headers });
        const { error } = (await response.json()) as { error: Record<string, string> };
        expect([response.status, error["code"], error["message"]]).toEqual([403, refusal.code, refusal.message]);
      }
  });

  test("who is muted may read, and is told when to write again", async () => {
    const roomId = await makeRoomWithGuest();
    const asking = await openAsking();
    expect((await asking.subscribe(roomId)).answer).toBe("RECEIPT");
    await asOwner.mute(roomId, guest!.accountId, 60);
    await expect.poll(async () => (await asking.send(roomId)).answer).toMatchObject({ ...refusal, roomId });
    const { answer } = await asking.send(roomId);
    expect(answer).toMatchObject({ retryAfterMs: expect.any(Number) as number });
    asking.client.close();
  });

  test("and it takes as long, to 20 ms, over STOMP and HTTP", async () => {
    const count = 50;
    const rooms = await Promise.all(Array.from({ length: count }, () => makeRoom()));
    const tookMs = { there: [] as number[], notThere: [] as number[] };
    const asking = await openAsking(1);
    async function read(roomId: string) {
      const startMs = performance.now();
      const headers = { authorization: `Bearer ${guest!.token}` };
      await (await fetch(`${cluster.histories[1]!.url}/${roomId}/messages`, { headers })).arrayBuffer();
      return performance.now() - startMs;
    }
    // By turns, so that whatever else the machine does befalls both.
    for (const roomId of rooms) {
      tookMs.there.push((await asking.send(roomId)).tookMs + (await read(roomId)));
      const none = randomUUID();
      tookMs.notThere.push((await asking.send(none)).tookMs + (await read(none)));
    }
    asking.client.close();
    expect(Math.abs(percentile(tookMs.there, 0.5) - percentile(tookMs.notThere, 0.5))).toBeLessThan(20);
  });
});

test("who goes on to try rooms that are not theirs is sent away: each may cost a question", async () => {
  const { client } = await openAsking();
  for (let n = 0; n < 150; n++)
    client.send("SUBSCRIBE", { id: `s${n}`, destination: `/topic/${randomUUID()}`, receipt: `r${n}` });
  expect((await client.next("ERROR")).headers["code"]).toBe("FORBIDDEN");
  expect(await client.closed).toBe(1008);
});
