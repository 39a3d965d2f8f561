// F-28 to F-32: PostgreSQL restarts, dies, is away, is full, hangs.
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../src/counting-reader.ts";
import { countReceipts, describeRefusals, longestReceiptS } from "../figures.ts";
import type { Aftermath, Row } from "../row.ts";
import { describeStatuses, sampleHttp, startSampling } from "../sampling.ts";
import { mountSmallDisk, type SmallDisk } from "../small-disk.ts";
import type { Stack } from "../stack.ts";
import { secondsUntil } from "../waiting.ts";

function untilHistoriesReady({ histories }: Stack) {
  return secondsUntil(
    async () => (await Promise.all(histories.map((history) => history.isReady()))).every(Boolean),
    60_000,
  );
}

function judgeRefusals({ load, fault, loadEndMs, fact }: Aftermath): void {
  fact(`refused: ${describeRefusals(load.recording, { startMs: fault.startMs, endMs: loadEndMs })}`);
}

export const postgresRestart: Row = {
  id: "F-28",
  title: "fast restart of PostgreSQL",
  rounds: 3,
  normalWithinMs: 15_000,
  async run({ stack, load, rounds, fault, bound, fact }) {
    const page = `${stack.historyUrl}/${load.rooms[0]}/messages`;
    const stop = startSampling(20, () => sampleHttp(page, load.reader.token));
    const readyS: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await stack.postgres.kill("SIGINT");
      await stack.postgres.start();
      fault.endMs = performance.now();
      readyS.push((await untilHistoriesReady(stack)) ?? Infinity);
      await sleep(3_000);
    }
    const samples = await stop();
    fact(`pages: ${describeStatuses(samples)}`);
    bound(
      "answers other than 200 and 503",
      samples.filter(({ status }) => status !== 200 && status !== 503).length,
      0,
      "",
    );
    bound(
      "503 without Retry-After",
      samples.filter(({ status, retryAfter }) => status === 503 && !retryAfter).length,
      0,
      "",
    );
    bound("chat-history ready again after", percentile(readyS, 1), 5, "s");
  },
  judge: judgeRefusals,
};

export const killPostgres: Row = {
  id: "F-29",
  title: "kill -9 of the postmaster, started at once",
  rounds: 20,
  normalWithinMs: 15_000,
  async run({ stack, rounds, random, fault, tell, bound }) {
    const backS: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      await sleep(1_000 + random() * 3_000);
      await stack.postgres.kill();
      await stack.postgres.start();
      fault.endMs = performance.now();
      backS.push((await untilHistoriesReady(stack)) ?? Infinity);
      if (round % 5 === 0) tell(`${round} of ${rounds} kills`);
    }
    bound("chat-history ready again after", percentile(backS, 1), 5, "s");
  },
  judge: judgeRefusals,
};

export const postgresDown: Row = {
  id: "F-30",
  title: "PostgreSQL away for 60 s",
  rounds: 1,
  normalWithinMs: 30_000,
  async run({ stack, fault, lastingMs, bound, fact }) {
    await stack.postgres.kill("SIGINT");
    fault.startMs = performance.now();
    const stop = startSampling(1_000, () => stack.redisClient.xlen("chat-message:log"));
    await sleep(lastingMs(60));
    fact(`${Math.max(...(await stop()))} entries in the log at most`);
    fault.endMs = performance.now();
    await stack.postgres.start();
    const drained = await secondsUntil(async () => (await stack.redisClient.xlen("chat-message:log")) < 50, 60_000);
    bound("log drained after", drained, 20, "s");
  },
  judge(context) {
    const { load, fault, timeline, bound } = context;
    bound("receipts meanwhile", countReceipts(load.recording, fault), 0, "");
    bound("p99 preview meanwhile", timeline.speed(fault.startMs, fault.endMs).previewP99, 200, "ms");
    judgeRefusals(context);
  },
};

const diskMiB = 512;
let disk: SmallDisk;

export const postgresDiskFull: Row = {
  id: "F-31",
  title: "the disk of PostgreSQL is full for 20 s",
  rounds: 1,
  needsRoot: true,
  normalWithinMs: 30_000,
  async openStack() {
    disk = await mountSmallDisk(diskMiB);
    const postgresSettings = { max_wal_size: "64MB", min_wal_size: "32MB" };
    return { postgresFolder: `${disk.folder}/postgres`, postgresSettings, release: () => disk.release() };
  },
  async run({ stack, load, fault, lastingMs, fact, tell }) {
    await disk.fill();
    fault.startMs = performance.now();
    // What is left of the segment that is written now is still there: more messages until nothing goes any more.
    load.setRate(1_000);
    const before = () => load.receipted;
    const full = await secondsUntil(() => stallsFor(before, 2_000), 120_000);
    load.setRate(200);
    fact(full === undefined ? "the disk was not noticed to be full" : `no receipts from ${full.toFixed(0)} s on`);
    tell("the disk is full");
    await sleep(lastingMs(20));
    await disk.free();
    const isGone = await Promise.race([stack.postgres.ended().then(() => true), sleep(2_000, false)]);
    fact(isGone ? "PostgreSQL ended and was started again" : "PostgreSQL lived");
    if (isGone) await stack.postgres.start();
    fault.endMs = performance.now();
  },
  judge: judgeRefusals,
};

/** Whether the number stays as it is for so long. */
async function stallsFor(read: () => number, ms: number): Promise<boolean> {
  const before = read();
  await sleep(ms);
  return read() === before;
}

export const postgresHangs: Row = {
  id: "F-32",
  title: "commits in doubt: answers dropped, then cut; SIGSTOP of PostgreSQL; every packet dropped",
  rounds: 50,
  normalWithinMs: 30_000,
  openStack: async () => ({ isProxied: true }),
  async run({ stack, rounds, random, fault, tell, lastingMs, bound }) {
    const proxy = stack.postgresProxy!;
    for (let round = 1; round <= rounds; round++) {
      proxy.mode("mute");
      await sleep(20 + random() * 300);
      proxy.cut();
      proxy.mode("pass");
      await sleep(1_000 + random() * 2_000);
      if (round % 10 === 0) tell(`${round} of ${rounds} commits in doubt`);
    }
    await stack.postgres.signal("SIGSTOP");
    await sleep(lastingMs(20));
    await stack.postgres.signal("SIGCONT");
    bound("chat-history ready after SIGCONT", await untilHistoriesReady(stack), 10, "s");
    await sleep(5_000);
    proxy.mode("stall");
    await sleep(lastingMs(30));
    proxy.mode("pass");
    fault.endMs = performance.now();
    bound("chat-history ready after the drop", await untilHistoriesReady(stack), 10, "s");
  },
  judge: judgeRefusals,
};

export const roomLocked: Row = {
  id: "F-34",
  title: "a foreign transaction locks one room's row for 30 s",
  rounds: 1,
  normalWithinMs: 5_000,
  async run({ stack, load, fault, lastingMs }) {
    const client = await stack.pool.connect();
    await client.query("BEGIN");
    await client.query("SELECT FROM chat.room WHERE id = $1 FOR UPDATE", [load.rooms[0]]);
    fault.startMs = performance.now();
    await sleep(lastingMs(30));
    await client.query("ROLLBACK");
    fault.endMs = performance.now();
    client.release();
  },
  judge(context) {
    const { load, fault, bound } = context;
    const [locked] = load.rooms;
    const others = longestReceiptS(load.recording, fault, ({ roomId }) => roomId !== locked);
    bound("longest wait for a RECEIPT in other rooms", others, 1, "s");
    const waited = load.recording.sends.filter(
      ({ roomId, attempts }) => roomId === locked && attempts.length > 0 && attempts[0]!.atMs < fault.endMs,
    );
    const last = Math.max(...waited.map(({ receiptMs = Infinity }) => receiptMs));
    bound("the locked room caught up after", (last - fault.endMs) / 1_000, 5, "s");
    judgeRefusals(context);
  },
};
