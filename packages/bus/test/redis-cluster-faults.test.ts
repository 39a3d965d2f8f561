// What becomes of the partitions of a Cluster when its nodes die, come back, or hand slots to each other.
import { startRedisCluster, type EmbeddedRedisCluster, type RedisClusterNode } from "@parley/embedded";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createRedisBus, type Bus } from "../src/index.ts";
import { connectionsAt, moveKeys, moveSlot } from "./redis-cluster-operator.ts";
import { numbers, onePartitionEach, startTraffic, type Partition, type Traffic } from "./redis-cluster-traffic.ts";

// Nodes take seconds to be given up and replaced, more of them on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
const soon = { timeout: 15_000 };

/** A disk that others keep busy does not hold up the nodes then. */
const withoutFile = ["--appendonly", "no"];

let cluster: EmbeddedRedisCluster;
let buses: Bus[] = [];

beforeAll(async () => {
  cluster = await startRedisCluster({ args: withoutFile });
});

afterAll(() => cluster.stop());

afterEach(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  buses = [];
});

async function open(clientName: string): Promise<Bus> {
  const bus = await createRedisBus({ url: cluster.urls.join(","), clientName });
  buses.push(bus);
  return bus;
}

async function replicaOf(master: RedisClusterNode): Promise<RedisClusterNode> {
  const id = String(await master.ask("CLUSTER", "MYID"));
  const replicas = String(await master.ask("CLUSTER", "REPLICAS", id));
  return cluster.nodes.find(({ port }) => replicas.includes(`:${port}@`))!;
}

interface World {
  ours: Bus;
  theirs: Bus;
  /** On a node of its own each. */
  partitions: [Partition, Partition, Partition];
  traffic: [Traffic, Traffic, Traffic];
}

async function startAll(): Promise<World> {
  const [ours, theirs] = [await open("ours"), await open("theirs")];
  const partitions = (await onePartitionEach(cluster, 3)) as World["partitions"];
  const traffic = await Promise.all(partitions.map((partition) => startTraffic(ours, theirs, partition)));
  await Promise.all(traffic.map((one) => one.more(50)));
  return { ours, theirs, partitions, traffic: traffic as World["traffic"] };
}

/** All was appended at once, heard and read, in its order. */
async function expectUndisturbed(traffic: Traffic): Promise<void> {
  await traffic.stop();
  expect(traffic.refusals).toEqual([]);
  expect(traffic.heard).toEqual(numbers(1, traffic.appended.length));
  expect(traffic.read).toEqual(traffic.heard);
}

/**
 * Nothing was refused but by code. Until the word of a gap nothing was heard of what was refused at first, and without such
 * a word nothing was left out.
 * @param mayBeLate of a node that hung and goes on: what is in doubt, or was appended before this, comes out of order
 */
function expectGaps({ heard, refusals }: Traffic, mayBeLate = 0): void {
  const refused = (wanted: string) => refusals.flatMap(({ code, number }) => (code === wanted ? [number] : []));
  const inDoubt = refused("IN_DOUBT");
  expect(refusals).toHaveLength(refused("UNREACHABLE").length + inDoubt.length);
  const [before, ...after] = betweenGaps(heard);
  expect(before).toEqual(numbers(1, before!.length));
  expect(before!.length).toBeLessThan(refused("UNREACHABLE")[0]!);
  for (const part of after.map((one) => one.filter((number) => number >= mayBeLate && !inDoubt.includes(number)))) {
    expect(part).toEqual(part.length === 0 ? [] : numbers(part[0]!, part.at(-1)!));
  }
}

function betweenGaps(heard: Traffic["heard"]): number[][] {
  const parts: number[][] = [[]];
  for (const one of heard) {
    if (one === "gap") parts.push([]);
    else parts.at(-1)!.push(one);
  }
  return parts;
}

/** In the order of appending; what was removed at a node when that went may be given again, at any time. */
function expectAllRead({ read, appended }: Traffic, first: number): void {
  const found = [...new Set(read)];
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found).toEqual(expect.arrayContaining(appended.filter((one) => one >= first)));
}

test("a slot goes to another master while it is appended to: nothing is lost, and the order is kept", async () => {
  const { ours, theirs, partitions, traffic } = await startAll();
  const [{ log, node: from }, { node: to }] = partitions;
  const [moved, ...others] = traffic;
  const slot = Number(await from.ask("CLUSTER", "KEYSLOT", log.name));
  await moveKeys({ slot, from, to });
  await expect.poll(() => ours.fault(log.name), soon).toBe(`The Redis Cluster is moving slot ${slot}`);
  expect(ours.fault()).toBe(ours.fault(log.name));
  expect(ours.fault(partitions[1].log.name)).toBeUndefined();
  await moveSlot({ slot, from, to });
  await moved.more(50);
  await expect.poll(() => [ours.fault(), theirs.fault()], soon).toEqual([undefined, undefined]);
  await moved.more(50);

  await moved.stop();
  expect(moved.appended).toEqual(numbers(1, moved.appended.length)); // none in doubt
  expectAllRead(moved, 1);
  expectGaps(moved);
  expect(betweenGaps(moved.heard)).toHaveLength(2);
  for (const other of others) await expectUndisturbed(other);
});

test("a replica takes its master's place as planned: nothing is lost, nothing is in doubt", async () => {
  const { ours, theirs, partitions, traffic } = await startAll();
  const [{ log, node: master }] = partitions;
  const [handed, ...others] = traffic;
  const replica = await replicaOf(master);
  await replica.ask("CLUSTER", "FAILOVER");
  await expect.poll(() => cluster.nodeOf(log.name), soon).toBe(replica);
  await handed.more(50);
  await expect.poll(() => [ours.fault(), theirs.fault()], soon).toEqual([undefined, undefined]);
  await handed.more(50);
  await handed.stop();
  expect(handed.refusals.filter(({ code }) => code !== "UNREACHABLE")).toEqual([]);
  expect(handed.appended).toEqual(numbers(1, handed.appended.length));
  expectAllRead(handed, 1);
  expectGaps(handed);
  await cluster.whole();
  for (const other of others) await expectUndisturbed(other);
});

test("a master is killed and its replica takes its place: appends fail meanwhile, then go on", async () => {
  const { ours, theirs, partitions, traffic } = await startAll();
  const [{ log, node: killed }] = partitions;
  const [failing, ...others] = traffic;
  killed.kill("SIGKILL");
  await expect.poll(() => ours.fault(log.name), soon).toBe(`Redis at 127.0.0.1:${killed.port} is not reachable`);
  expect(ours.fault()).toBe(ours.fault(log.name));
  expect(ours.fault(partitions[1].log.name)).toBeUndefined();
  await expect(ours.append(log, "key", "meanwhile")).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(theirs.subscribe(log.topic, () => undefined)).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect.poll(() => cluster.nodeOf(log.name), soon).not.toBe(killed);
  const promoted = performance.now();
  await failing.more(1);
  expect(performance.now() - promoted).toBeLessThan(3_000);
  await expect.poll(() => [ours.fault(), theirs.fault()], soon).toEqual([undefined, undefined]);
  await failing.more(50);

  await killed.restart();
  await cluster.whole();
  await failing.more(50);
  expect(await Promise.all(["ours", "theirs"].map((name) => connectionsAt(killed, name)))).toEqual([0, 0]);

  await failing.stop();
  expectGaps(failing);
  expect(betweenGaps(failing.heard)).toHaveLength(2);
  expectAllRead(failing, failing.refusals.at(-1)!.number);
  for (const other of others) await expectUndisturbed(other);
});

test("a master hangs until its replica takes its place, and is not used when it goes on", async () => {
  const { ours, theirs, partitions, traffic } = await startAll();
  const [{ log, node: hanging }] = partitions;
  const [failing, ...others] = traffic;
  hanging.kill("SIGSTOP");
  await expect.poll(() => failing.refusals.at(0)?.code, soon).toBe("IN_DOUBT");
  await expect.poll(() => cluster.nodeOf(log.name), soon).not.toBe(hanging);
  await failing.more(50);
  hanging.kill("SIGCONT");
  await failing.more(50);
  await cluster.whole();
  await failing.more(50);
  await expect.poll(() => [ours.fault(), theirs.fault()], soon).toEqual([undefined, undefined]);
  const connections = () => Promise.all(["ours", "theirs"].map((name) => connectionsAt(hanging, name)));
  await expect.poll(connections, soon).toEqual([0, 0]);
  await failing.stop();
  expectGaps(failing, failing.refusals[0]!.number);
  expectAllRead(failing, failing.refusals.at(-1)!.number);
  for (const other of others) await expectUndisturbed(other);
});

test("all nodes go and come back: each partition is told of its gap, and all is usable again", async () => {
  const bus = await open("ours");
  const partitions = await onePartitionEach(cluster, 3);
  const gaps: string[] = [];
  bus.onGap((concerns) => gaps.push(...partitions.map(({ log }) => log.topic).filter(concerns)));
  for (const { log } of partitions) await bus.subscribe(log.topic, () => undefined);
  for (const node of cluster.nodes) node.kill("SIGKILL");
  await expect.poll(() => bus.fault(), soon).toMatch(/^No node of the Redis Cluster tells/);
  const appends = () => Promise.allSettled(partitions.map(({ log }) => bus.append(log, "key", "1")));
  const refused = expect.objectContaining({
    status: "rejected",
    reason: expect.objectContaining({ code: "UNREACHABLE" }),
  });
  expect(await appends()).toEqual([refused, refused, refused]);
  await Promise.all(cluster.nodes.map((node) => node.restart()));
  await expect.poll(() => bus.fault(), soon).toBeUndefined();
  const done = { status: "fulfilled", value: undefined };
  expect(await appends()).toEqual([done, done, done]);
  expect(new Set(gaps)).toEqual(new Set(partitions.map(({ log }) => log.topic)));
});
