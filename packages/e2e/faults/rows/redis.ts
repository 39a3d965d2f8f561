// F-14 to F-19: Redis ends, is away, comes back with less, hangs.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../src/counting-reader.ts";
import { countLogLines } from "../log-lines.ts";
import { describeRefusals, longestDeliveryS, lostConnections } from "../figures.ts";
import { readUsages } from "../resources.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";
import { describeStatuses, sampleHttp, startSampling } from "../sampling.ts";
import type { Stack } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

export const killRedis: Row = {
  id: "F-14",
  losesLog: true,
  title: "kill -9 of Redis, started at once",
  rounds: 20,
  normalWithinMs: 10_000,
  async run({ stack, random, rounds, tell, bound, fault }) {
    const backS: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      await sleep(2_000 + random() * 4_000);
      await stack.redis.kill();
      await stack.redis.start();
      fault.endMs = performance.now();
      backS.push((await untilAllReady(stack)) ?? Infinity);
      if (round % 5 === 0)
        tell(`${round} of ${rounds} kills, all ready again after ${percentile(backS, 1).toFixed(1)} s at most`);
    }
    bound("all ready again after it listened", percentile(backS, 1), 2, "s");
  },
  judge: judgeAway,
};

function untilAllReady({ gateways, histories }: Stack) {
  return secondsUntil(async () => {
    const ready = await Promise.all([...gateways, ...histories].map((service) => service.isReady()));
    return ready.every(Boolean);
  }, 60_000);
}

function judgeAway({ load, fault, loadEndMs, bound, fact }: Aftermath): void {
  bound(
    "connections lost",
    lostConnections(load.recording, { startMs: fault.startMs, endMs: loadEndMs }).length,
    0,
    "",
  );
  fact(`refused: ${describeRefusals(load.recording, { startMs: fault.startMs, endMs: loadEndMs })}`);
}

/** While Redis gives no answer: pages are read, memory is watched, a message is edited. */
async function whileAway({ stack, load, fact, bound, lastingMs }: RowContext, seconds: number): Promise<void> {
  const before = await readUsages(stack);
  const page = `${stack.historyUrl}/${load.rooms[0]}/messages`;
  const stop = startSampling(500, () => sampleHttp(page, load.reader.token));
  await sleep(lastingMs(seconds));
  const samples = await stop();
  fact(`pages meanwhile: ${describeStatuses(samples)}`);
  const after = await readUsages(stack);
  const grew = [...after].map(
    ([name, { residentMiB }]) => residentMiB - (before.get(name)?.residentMiB ?? residentMiB),
  );
  bound("memory of a process grew by", Math.max(...grew), 50, "MiB");
}

export const redisDown: Row = {
  id: "F-15",
  title: "Redis away for 30 s",
  rounds: 1,
  normalWithinMs: 10_000,
  async run(context) {
    await context.stack.redis.kill("SIGTERM");
    context.fault.startMs = performance.now();
    await whileAway(context, 30);
    await context.stack.redis.start();
    context.fault.endMs = performance.now();
    context.bound("all ready again after", await untilAllReady(context.stack), 5, "s");
  },
  judge: judgeAway,
};

export const redisEmpty: Row = {
  id: "F-16",
  losesLog: true,
  title: "Redis comes back empty: FLUSHALL and a lost volume, by turns",
  rounds: 4,
  normalWithinMs: 10_000,
  async run({ stack, load, rounds, fault, bound }) {
    const againS: number[] = [];
    const linesBefore = await countLogLines(stack.logs);
    const startMs = performance.now();
    for (let round = 0; round < rounds; round++) {
      if (round % 2 === 0) await stack.redisClient.flushall();
      else {
        await stack.redis.kill();
        for (const name of await readdir(stack.redisFolder))
          await rm(join(stack.redisFolder, name), { recursive: true });
        await stack.redis.start();
      }
      fault.endMs = performance.now();
      const { receipted } = load;
      againS.push((await secondsUntil(() => load.receipted > receipted + 20, 30_000)) ?? Infinity);
      await sleep(5_000);
    }
    const seconds = (performance.now() - startMs) / 1_000;
    const lines = (await countLogLines(stack.logs)).map((count, n) => count - linesBefore[n]!);
    bound("log lines of a service in 10 s", (10 * Math.max(...lines)) / seconds, 10, "");
    bound("receipts again after", percentile(againS, 1), 5, "s");
  },
  judge: judgeAway,
};

export const trimmed: Row = {
  id: "F-18",
  losesLog: true,
  title: "XTRIM MAXLEN 0 of the log behind the back of its reader",
  rounds: 3,
  normalWithinMs: 15_000,
  async run({ stack, rounds, fault, bound, fact }) {
    const lost = async () => {
      const counts = await Promise.all(stack.services.map((service) => service.readMetric("log_lost_total")));
      return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    };
    const before = await lost();
    let trimmedEntries = 0;
    for (let round = 0; round < rounds; round++) {
      for (const history of stack.histories) history.signal("SIGSTOP");
      await sleep(1_000);
      trimmedEntries += await stack.redisClient.xtrim("chat-message:log", "MAXLEN", 0);
      for (const history of stack.histories) history.signal("SIGCONT");
      fault.endMs = performance.now();
      bound("alarm log_lost_total after", await secondsUntil(async () => (await lost()) > before, 15_000), 10, "s");
      await sleep(3_000);
    }
    fact(`${trimmedEntries} entries trimmed, log_lost_total grew by ${(await lost()) - before}`);
  },
  judge: ({ load, fault, loadEndMs, fact }) =>
    fact(`refused: ${describeRefusals(load.recording, { startMs: fault.startMs, endMs: loadEndMs })}`),
};

export const redisStopped: Row = {
  id: "F-19",
  title: "SIGSTOP of Redis for 15 s",
  rounds: 1,
  normalWithinMs: 10_000,
  async run(context) {
    const { stack, fault, bound } = context;
    const readLag = () =>
      Promise.all(stack.services.map((service) => service.readMetric("nodejs_eventloop_lag_p99_seconds")));
    await readLag();
    await stack.redis.signal("SIGSTOP");
    fault.startMs = performance.now();
    await whileAway(context, 15);
    const lag = await readLag();
    await stack.redis.signal("SIGCONT");
    fault.endMs = performance.now();
    bound("p99 of loop delay", 1_000 * Math.max(...lag.map((seconds) => seconds ?? 0)), 100, "ms");
    bound("all ready again after", await untilAllReady(stack), 5, "s");
  },
  judge: judgeAway,
};

export const pubsubKilled: Row = {
  id: "F-21",
  title: "the connections that listen are killed every 2 s for 60 s",
  rounds: 1,
  normalWithinMs: 10_000,
  async run({ stack, fault, lastingMs, fact }) {
    let kills = 0;
    for (const endMs = performance.now() + lastingMs(60); performance.now() < endMs; await sleep(2_000))
      kills += Number(await stack.redisClient.call("CLIENT", "KILL", "TYPE", "pubsub"));
    fault.endMs = performance.now();
    fact(`${kills} connections killed`);
  },
  judge(context) {
    judgeAway(context);
    const { load, fault, bound } = context;
    bound("longest from RECEIPT to the last subscriber", longestDeliveryS(load.recording, fault), 6, "s");
  },
};
