import { startRedisCluster, type EmbeddedRedisCluster } from "@parley/embedded";
import { createLog } from "@parley/service";
import * as fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import {
  contentOf,
  describeBus,
  describeBusGaps,
  listenTo,
  uniqueName,
  type CuttableBroker,
} from "../src/conformance.ts";
import { createRedisBus, openRedisBus, type Bus, type BusLimits } from "../src/index.ts";
import { laneOf } from "../src/redis-cluster/slots.ts";
import { createClusterOperator } from "./redis-cluster-operator.ts";
import { onePartitionEach } from "./redis-cluster-traffic.ts";
import { startOwnRedis } from "./redis-server.ts";

let cluster: EmbeddedRedisCluster;
let opened: Bus[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: 0 });
});

afterAll(() => cluster.stop());

afterEach(async () => {
  await Promise.all(opened.map((bus) => bus.close()));
  opened = [];
});

async function open(url = cluster.urls.join(","), limits?: Partial<BusLimits>, clientName?: string): Promise<Bus> {
  const bus = await createRedisBus({
    url,
    ...(limits === undefined ? {} : { limits }),
    ...(clientName === undefined ? {} : { clientName }),
  });
  opened.push(bus);
  return bus;
}

async function createBroker(limits?: Partial<BusLimits>): Promise<CuttableBroker> {
  const clientName = uniqueName("test");
  const aside = createClusterOperator(cluster);
  return {
    open: () => open(undefined, limits, clientName),
    cut: () => aside.cut(`${clientName}:subscriber`),
    async close() {
      aside.close();
    },
  };
}

describeBus("redis cluster", createBroker);
describeBusGaps("redis cluster", createBroker);

test("finds the whole Cluster from one node, also behind one that is away", async () => {
  const partitions = await onePartitionEach(cluster, 3);
  for (const url of [cluster.urls[1]!, `redis://127.0.0.1:1,${cluster.urls[2]}`]) {
    const bus = await open(url);
    expect(bus.needsPartitions).toBe(true);
    expect(bus.fault()).toBeUndefined();
    for (const { log } of partitions) await bus.append(log, "key", url);
  }
  const reader = await open();
  for (const { log } of partitions) expect(await contentOf(reader, log.name)).toHaveLength(2);
});

test("takes names for those slots that Redis takes them for", async () => {
  const tagged = fc.tuple(fc.string({ unit: "binary" }), fc.string(), fc.string());
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    tagged.map(([before, tag, after]) => `${before}{${tag}}${after}`),
  );
  const redis = new Redis(cluster.urls[0]!);
  onTestFinished(() => redis.disconnect());
  // After an empty pair of braces the package that hashes disagrees: no name of ours has one.
  const hasEmptyBraces = (text: string) => /^[^{]*\{\}/.test(text);
  await fc.assert(
    fc.asyncProperty(name, async (text) => {
      fc.pre(!hasEmptyBraces(text));
      expect(laneOf(text).slot).toBe(await redis.cluster("KEYSLOT", text));
    }),
    { examples: [["chat-message:{3}"], ["{"], ["}{a}b"], ["한글{👍🏽}"]] },
  );
});

test("refuses what would need two slots, and says why", async () => {
  const bus = await open();
  const sameTag = /need the same hash tag/;
  await expect(bus.append({ name: "log:{1}", topic: "topic:{2}" }, "key", "1")).rejects.toThrow(sameTag);
  await expect(bus.append({ name: "log", topic: "topic" }, "key", "1")).rejects.toThrow(sameTag);
  const once = { key: "once", rememberMs: 1_000 };
  await expect(bus.appendOnce({ name: "log:{1}" }, once, "1")).rejects.toThrow(sameTag);
});

test("appends to logs without a hash tag, each at its place", async () => {
  const bus = await open();
  const names = ["one", "two", "three", "four"].map((name) => `${name}:${crypto.randomUUID()}`);
  await Promise.all(names.map((name) => bus.append({ name }, "key", name)));
  for (const name of names) expect(await contentOf(bus, name)).toEqual([name]);
});

test("speaks with foreign systems at any node about topics without a hash tag", async () => {
  const bus = await open();
  const topic = `foreign:${crypto.randomUUID()}`;
  const ear = await listenTo(bus, topic);
  for (const url of cluster.urls) {
    const foreign = new Redis(url);
    onTestFinished(() => foreign.disconnect());
    const ours = `to ${url}`;
    const heard = new Promise<string>((resolve) =>
      foreign.on("message", (_topic, payload) => void (payload === ours && resolve(payload))),
    );
    await foreign.subscribe(topic);
    await bus.publish(topic, "key", ours);
    expect(await heard).toBe(ours);
    await foreign.unsubscribe(topic);
    await foreign.publish(topic, `from ${url}`);
    await ear.until(`from ${url}`);
  }
});

test("logs in everywhere as it was told to", async () => {
  for (const node of cluster.nodes) {
    await node.ask("ACL", "SETUSER", "chat", "on", ">se,cret", "~*", "&*", "+@all");
  }
  const partitions = await onePartitionEach(cluster, 3);
  const url = cluster.urls.map((one) => one.replace("redis://", "redis://chat:se,cret@")).join(",");
  const bus = await open(url, {}, "login");
  for (const { log } of partitions) {
    const ear = await listenTo(bus, log.topic);
    const reader = bus.read(log);
    await bus.append(log, "key", "1");
    await ear.until("1");
    await reader.next(1, 5_000);
  }
  for (const node of cluster.nodes) {
    const clients = String(await node.ask("CLIENT", "LIST")).split("\n");
    const ours = clients.filter((client) => client.includes(" name=login:"));
    expect(ours).toHaveLength(3);
    expect(ours.every((client) => client.includes(" user=chat "))).toBe(true);
  }
});

test("refuses to start with a node that may evict a log, and names it", async () => {
  const [, unfit, fit] = await onePartitionEach(cluster, 3);
  await unfit!.node.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  onTestFinished(async () => void (await unfit!.node.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")));
  const reason = `Redis at 127.0.0.1:${unfit!.node.port} may evict the log: maxmemory-policy is allkeys-lru, not noeviction`;
  const start = openRedisBus(cluster.urls.join(","), createLog("test", "silent"));
  await expect(start).rejects.toMatchObject({
    name: "StartFault",
    exitCode: 78,
    message: expect.stringContaining(reason),
  });

  const bus = await open();
  expect([bus.fault(), bus.fault(unfit!.log.name), bus.fault(fit!.log.name)]).toEqual([reason, reason, undefined]);
  await expect(bus.append(unfit!.log, "key", "1")).rejects.toMatchObject({ code: "UNREACHABLE" });
  await bus.append(fit!.log, "key", "1");
});

test("refuses to start with several single servers, and says what they are", async () => {
  const single = await startOwnRedis();
  onTestFinished(() => single.close());
  const { url } = single.server;
  const start = openRedisBus(`${url},${url}/`, createLog("test", "silent"), { commandMs: 500 });
  await expect(start).rejects.toMatchObject({
    name: "StartFault",
    exitCode: 69,
    message: expect.stringContaining("cluster support disabled"),
  });
});

test("leaves no connection behind, of what it listened to, read and left", async () => {
  const clientName = uniqueName("test");
  const bus = await open(undefined, {}, clientName);
  const connections = async () => {
    const clients = await Promise.all(cluster.nodes.map((node) => node.ask("CLIENT", "LIST")));
    return String(clients).split(` name=${clientName}:`).length - 1;
  };
  const unsubscribe = await Promise.all(["{1}", "{2}", "{2}", "none"].map((topic) => bus.subscribe(topic, () => {})));
  const reader = bus.read({ name: "log:{1}" });
  await reader.next(1, 0);
  expect(await connections()).toBe(3 + 3 + 1);
  await reader.close();
  for (const leave of unsubscribe) await leave();
  await expect.poll(connections).toBe(3);
  await bus.close();
  await expect.poll(connections).toBe(0);
});
