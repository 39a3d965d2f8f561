// Appends to one partition of a Cluster, one after the other, and all that is heard and read of it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmbeddedRedisCluster, RedisClusterNode } from "@parley/embedded";
import { expect } from "vitest";
import { BusFault, type Bus } from "../src/index.ts";

/** The pace of trying again, in milliseconds: what is refused meanwhile is what is looked at, so nothing is waited for. */
const retryMs = 5;

export interface Partition {
  log: { name: string; topic: string };
  node: RedisClusterNode;
}

/** One partition for each of the masters there are now. */
export async function onePartitionEach(cluster: EmbeddedRedisCluster, masters: number): Promise<Partition[]> {
  const found = new Map<RedisClusterNode, Partition>();
  while (found.size < masters) {
    const tag = `{${randomUUID()}}`;
    const log = { name: `log:${tag}`, topic: `topic:${tag}` };
    const node = await cluster.nodeOf(log.name);
    if (!found.has(node)) found.set(node, { log, node });
  }
  return [...found.values()];
}

export interface Traffic {
  /** What was heard, numbers as they were appended, and `gap` where one was told of. */
  heard: (number | "gap")[];
  /** What was read. */
  read: number[];
  /** With the code of the fault, or whatever else came. */
  refusals: { number: number; code: unknown }[];
  /** The numbers whose appends were answered. */
  appended: number[];
  /** Resolves when so many more have been appended than have been until now. */
  more(appends: number): Promise<void>;
  /** Stops appending, then waits until the latest append has been heard and read. */
  stop(): Promise<void>;
}

/**
 * Appends without pause. A number that was refused is tried again; one in doubt is not, the next follows.
 * @param ours appends
 * @param theirs listens and reads
 */
export async function startTraffic(ours: Bus, theirs: Bus, { log }: Partition): Promise<Traffic> {
  const heard: Traffic["heard"] = [];
  const read: number[] = [];
  const refusals: Traffic["refusals"] = [];
  const appended: number[] = [];
  const traffic = { isStopped: false, isComplete: false };
  const isClosed = () => [ours, theirs].some((bus) => bus.fault() === "The bus is closed");

  theirs.onGap((concerns) => {
    if (concerns(log.topic)) heard.push("gap");
  });
  await theirs.subscribe(log.topic, (payload) => heard.push(Number(payload)));

  async function append() {
    for (let number = 1; !traffic.isStopped && !isClosed(); number++) {
      try {
        await ours.append(log, "key", String(number));
        appended.push(number);
      } catch (error) {
        const code = error instanceof BusFault ? error.code : error;
        refusals.push({ number, code });
        if (code === "UNREACHABLE") number--;
        await sleep(retryMs);
      }
    }
  }

  const reader = theirs.read(log);
  async function readOn() {
    while (!isClosed() && !(traffic.isComplete && read.at(-1) === appended.at(-1))) {
      const entries = await reader.next(100, 1_000).catch(() => []);
      read.push(...entries.map((entry) => Number(entry.payload)));
      await reader.remove(entries.map((entry) => entry.id)).catch(() => undefined);
    }
    await reader.close();
  }

  const appending = append().finally(() => (traffic.isComplete = true));
  const reading = readOn();
  return {
    heard,
    read,
    refusals,
    appended,
    async more(appends) {
      const wanted = appended.length + appends;
      await expect.poll(() => appended.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(wanted);
    },
    async stop() {
      traffic.isStopped = true;
      await Promise.all([appending, reading]);
      await expect.poll(() => heard.at(-1), { timeout: 5_000 }).toBe(appended.at(-1));
    },
  };
}

/** The numbers from one to another. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
