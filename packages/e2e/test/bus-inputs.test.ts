// What somebody with access to Redis could do there. Redis is trusted (contracts §2: private network, password): it is not
// kept from forging messages, but neither nonsense nor a replay may stop or mislead the services (B-91 to B-93).
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { signUp, type Member } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { readMetric } from "../src/metric.ts";
import { openListener } from "../src/room-listener.ts";
import { roomCalls } from "../src/rooms.ts";

let cluster: Cluster;
let redis: Redis;
let [owner, guest]: Member[] = [];
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 1 });
  redis = new Redis(cluster.redisUrl);
  [owner, guest] = await Promise.all([signUp(cluster.auth.url, "Owner"), signUp(cluster.auth.url, "Guest")]);
});
afterAll(async () => {
  redis.disconnect();
  await cluster.close();
});

const services = () => [...cluster.gateways, ...cluster.histories];
const readiness = () => Promise.all(services().map(async ({ url }) => (await fetch(`${url}/health/ready`)).status));

describe("a forged chat-timestamp (B-91)", () => {
  const forged = (roomId: string, more: object) =>
    redis.publish(
      "chat-timestamp",
      JSON.stringify({
        roomId,
        id: randomUUID(),
        tempId: randomUUID(),
        sender: owner!.accountId,
        seq: 2,
        changeSeq: 2,
        createdAt: new Date().toISOString(),
        editedAt: null,
        via: "nobody.1",
        ...more,
      }),
    );

  test.each<[string, object]>([
    ["of a message that is not there", {}],
    ["far beyond the room's end", { seq: 1e9, changeSeq: 1e9 }],
    ["of a number that another message has", { seq: 1, changeSeq: 1 }],
    ["that makes no sense", { seq: "one" }],
  ])("%s gives nobody anything: the database wins, and what comes next has its number", async (_which, more) => {
    const roomId = randomUUID();
    const listener = await openListener(cluster.gateways[0]!.url, owner!);
    const id = listener.subscribe(roomId);
    await listener.stands(id);
    const seqs = () => listener.given(id).flatMap(({ body }) => (JSON.parse(body) as { seq: number | null }).seq ?? []);
    listener.say(roomId, "first");
    await listener.client.frames.until(() => seqs().length === 1);
    await forged(roomId, more);
    listener.say(roomId, "second");
    await listener.client.frames.until(() => seqs().length === 2);
    expect(seqs()).toEqual([1, 2]);
    const receipts = listener.client.frames.all.filter(({ command }) => command === "RECEIPT");
    expect(receipts.map(({ headers }) => headers["receipt-id"])).toEqual([id]);
    listener.client.close();
  });
});

test("an old removal that is published again does not undo a return (B-92)", async () => {
  const [roomId, calls] = [randomUUID(), roomCalls(cluster.histories[0]!.url, owner!)];
  const spy = redis.duplicate();
  const heard: string[] = [];
  spy.on("message", (_channel, payload) => heard.push(payload));
  await spy.subscribe("chat-access");
  await calls.make(roomId, "private");
  await calls.put(roomId, guest!.accountId);
  const listener = await openListener(cluster.gateways[0]!.url, guest!);
  const first = listener.subscribe(roomId);
  await listener.stands(first);
  await calls.sendAway(roomId, guest!.accountId);
  await listener.ended(first);
  await calls.put(roomId, guest!.accountId);
  const second = listener.subscribe(roomId);
  expect(await listener.stands(second)).toBe(true);

  const removal = heard.find((payload) => JSON.parse(payload).change === "removed")!;
  expect(JSON.parse(removal)).toMatchObject({ roomId, accountId: guest!.accountId });
  expect(await redis.publish("chat-access", removal)).toBeGreaterThan(0);
  listener.say(roomId, "still here");
  await listener.client.frames.until(() => listener.given(second).length > 0);
  expect(listener.hasEnded(second)).toBe(false);
  spy.disconnect();
  listener.client.close();
});

test("a log that is no stream makes services not ready, and they recover by themselves (B-93)", async () => {
  const startTimes = () => Promise.all(services().map(({ url }) => readMetric(url, "process_start_time_seconds")));
  const startedBefore = await startTimes();
  const linesBefore = services().map(({ output }) => output.length);
  const listener = await openListener(cluster.gateways[0]!.url, owner!);
  const roomId = randomUUID();
  const id = listener.subscribe(roomId);
  await listener.stands(id);
  await redis.set("chat-message:log", "x");
  listener.client.send("SEND", { destination: "/app/chat", receipt: "lost" }, JSON.stringify({ roomId, content: "x" }));
  await expect.poll(readiness, { timeout: 30_000 }).toEqual([503, 503]);
  await listener.client.frames.until((all) => all.some(({ body }) => body.includes('"receiptId":"lost"')));
  const lines = services().map(({ output }, n) => output.length - linesBefore[n]!);
  expect(Math.max(...lines)).toBeLessThan(60); // One a second, and some more.

  await redis.del("chat-message:log");
  await expect.poll(readiness, { timeout: 30_000 }).toEqual([200, 200]);
  listener.say(roomId, "again");
  await listener.client.frames.until(() => listener.given(id).length > 0);
  expect(await startTimes()).toEqual(startedBefore);
  listener.client.close();
});
