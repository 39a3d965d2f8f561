// M-1 and M-2: many writers, and a Redis of many nodes.
import { setTimeout as sleep } from "node:timers/promises";
import { createPartitioning } from "@parley/contracts";
import { longestReceiptS } from "../figures.ts";
import type { Row } from "../row.ts";
import type { Stack } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

const partitions = 8;
const waitMsMax = 30_000;

async function partsOf({ histories }: Stack): Promise<number[]> {
  const running = histories.filter(({ isRunning }) => isRunning);
  return Promise.all(running.map(async (history) => (await history.readMetric("recorder_active")) ?? 0));
}

/** Seconds until every partition has a writer and parts differ by one at most. */
function untilShared(stack: Stack): Promise<number | undefined> {
  return secondsUntil(async () => {
    const parts = await partsOf(stack);
    const written = parts.reduce((sum, part) => sum + part, 0);
    return written === partitions && Math.max(...parts) - Math.min(...parts) <= 1;
  }, waitMsMax);
}

export const killOfEight: Row = {
  id: "M-1",
  title: "4 chat-history on 8 partitions, two killed in turn and started again",
  rounds: 3,
  normalWithinMs: 15_000,
  openStack: async () => ({ histories: 4, partitions }),
  async run({ stack, rounds, fault, lastingMs, bound, fact }) {
    await untilShared(stack);
    fact(`parts before: ${(await partsOf(stack)).join(", ")}`);
    const takenOver: number[] = [];
    const shared: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const victims = [stack.histories[round % 4]!, stack.histories[(round + 1) % 4]!];
      for (const victim of victims) {
        await victim.end("SIGKILL");
        takenOver.push((await untilShared(stack)) ?? Infinity);
        await sleep(lastingMs(5));
      }
      for (const victim of victims) {
        victim.start();
        await victim.untilReady();
        shared.push((await untilShared(stack)) ?? Infinity);
      }
      fault.endMs = performance.now();
    }
    bound("shared again after a kill, at most", Math.max(...takenOver), 5, "s");
    bound("a new one has its part after, at most", Math.max(...shared), 10, "s");
  },
  judge: ({ load, fault, bound }) => bound("longest to a RECEIPT", longestReceiptS(load.recording, fault), 10, "s"),
};

export const masterDies: Row = {
  id: "M-2",
  title: "kill -9 of a master of a Redis Cluster, which comes back as a replica",
  rounds: 2,
  normalWithinMs: 15_000,
  losesLog: true,
  openStack: async () => ({ isRedisCluster: true, partitions }),
  async run({ stack, rounds, fault, bound, fact }) {
    const cluster = stack.redisCluster!;
    const { all } = createPartitioning(partitions);
    const promoted: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { log } = all[round % partitions]!;
      const master = await cluster.nodeOf(log);
      master.kill("SIGKILL");
      const seconds = await secondsUntil(async () => {
        const now = await cluster.nodeOf(log).catch(() => master);
        return now.port !== master.port;
      }, waitMsMax);
      promoted.push(seconds ?? Infinity);
      fault.endMs = performance.now();
      await sleep(5_000);
      await master.restart();
      await cluster.whole();
    }
    fact(`a replica was promoted after ${promoted.map((seconds) => `${seconds.toFixed(1)} s`).join(", ")}`);
    bound("all partitions have a writer after", await untilShared(stack), 10, "s");
  },
};
