// F-20 to F-26: Redis cut off from one gateway, full, and a bus that repeats itself.
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { percentile } from "../../src/counting-reader.ts";
import { describeRefusals, lostConnections, refusalWaitsMs } from "../figures.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";
import { mountSmallDisk, type SmallDisk } from "../small-disk.ts";
import { secondsUntil } from "../waiting.ts";

export const gatewayCutOff: Row = {
  id: "F-20",
  title: "one chat-ws cut off from Redis for 30 s, every packet dropped",
  rounds: 1,
  normalWithinMs: 15_000,
  openStack: async () => ({ isProxied: true }),
  async run({ stack, fault, bound, lastingMs }) {
    const [victim] = stack.gateways;
    stack.redisProxies[0]!.mode("stall");
    fault.startMs = performance.now();
    bound("not ready after", await secondsUntil(async () => !(await victim!.isReady()), 30_000), 5, "s");
    await sleep(Math.max(0, fault.startMs + lastingMs(30) - performance.now()));
    stack.redisProxies[0]!.mode("pass");
    fault.endMs = performance.now();
    bound("ready again after", await secondsUntil(() => victim!.isReady(), 30_000), 5, "s");
  },
  judge({ stack, load, fault, loadEndMs, fact, bound }) {
    const span = { startMs: fault.startMs, endMs: loadEndMs };
    bound("connections lost", lostConnections(load.recording, span).length, 0, "");
    fact(`refused: ${describeRefusals(load.recording, span)}`);
    const { connections, sends } = load.recording;
    const elsewhere = sends.filter(({ attempts }) =>
      attempts.some(
        ({ connection, answer }) =>
          connections[connection]!.gateway !== stack.gateways[0]!.url && answer !== "RECEIPT" && answer !== undefined,
      ),
    );
    bound("refused by the other two", elsewhere.length, 0, "");
  },
};

export const outOfMemory: Row = {
  id: "F-23",
  title: "Redis reaches maxmemory for 15 s",
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack: { redisClient }, fault, lastingMs }) {
    await redisClient.config("SET", "maxmemory", "1mb");
    fault.startMs = performance.now();
    await sleep(lastingMs(15));
    await redisClient.config("SET", "maxmemory", "0");
    fault.endMs = performance.now();
  },
  judge: judgeFull,
};

function judgeFull({ load, fault, bound, fact }: Aftermath): void {
  fact(`refused: ${describeRefusals(load.recording, fault)}`);
  const waitsMs = refusalWaitsMs(load.recording, "OVERLOADED", fault);
  if (waitsMs.length > 0) bound("p99 of OVERLOADED", percentile(waitsMs, 0.99), 100, "ms");
  bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
}

const diskMiB = 96;
let disk: SmallDisk;

async function openFullDisk(appendfsync: string) {
  disk = await mountSmallDisk(diskMiB);
  return { redisFolder: disk.folder, redisArgs: ["--appendfsync", appendfsync], release: () => disk.release() };
}

export const diskFullEverySecond: Row = {
  id: "F-24a",
  losesLog: true,
  title: "the disk of the append-only file is full for 15 s, everysec",
  rounds: 1,
  needsRoot: true,
  normalWithinMs: 10_000,
  openStack: () => openFullDisk("everysec"),
  async run({ stack, fault, fact, lastingMs }) {
    await disk.fill();
    fault.startMs = performance.now();
    const failed = await secondsUntil(
      async () => /aof_last_write_status:err/.test(await stack.redisClient.info("persistence")),
      10_000,
    );
    fact(failed === undefined ? "the disk was not noticed to be full" : `writing failed after ${failed.toFixed(1)} s`);
    await sleep(lastingMs(15));
    await disk.free();
    fault.endMs = performance.now();
  },
  judge: judgeFull,
};

export const diskFullAlways: Row = {
  id: "F-24b",
  losesLog: true,
  title: "the disk of the append-only file is full, always: Redis ends, and is back after 15 s",
  rounds: 1,
  needsRoot: true,
  normalWithinMs: 10_000,
  openStack: () => openFullDisk("always"),
  async run({ stack, fault, fact, lastingMs }) {
    await disk.fill();
    fault.startMs = performance.now();
    const ended = await Promise.race([stack.redis.ended().then(() => true), sleep(10_000, false)]);
    fact(ended ? "Redis ended by itself" : "Redis did not end");
    await sleep(lastingMs(15));
    await disk.free();
    if (ended) await stack.redis.start();
    fault.endMs = performance.now();
  },
  judge: judgeFull,
};

const keptMax = 1_000;

export const duplicates: Row = {
  id: "F-26",
  title: "entries appended again with new ids, confirmations published five times",
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack, fault, fact, lastingMs }) {
    const listener = new Redis(stack.redis.url);
    const kept: Record<string, string[]> = { "chat-message": [], "chat-timestamp": [] };
    listener.on("message", (channel: string, payload: string) => {
      if (kept[channel]!.length < keptMax) kept[channel]!.push(payload);
    });
    await listener.subscribe("chat-message", "chat-timestamp");
    await sleep(lastingMs(10));
    await repeatAll(stack, kept["chat-message"]!, kept["chat-timestamp"]!);
    listener.disconnect();
    fault.endMs = performance.now();
    fact(
      `${2 * kept["chat-message"]!.length} entries and ${5 * kept["chat-timestamp"]!.length} confirmations injected`,
    );
  },
};

async function repeatAll(
  { redisClient }: RowContext["stack"],
  entries: string[],
  confirmations: string[],
): Promise<void> {
  for (const payload of entries) {
    await redisClient.xadd("chat-message:log", "*", "payload", payload);
    await redisClient.xadd("chat-message:log", "*", "payload", payload);
  }
  for (let time = 0; time < 5; time++)
    for (const payload of confirmations) await redisClient.publish("chat-timestamp", payload);
}
