// Parley alone, while it stores: how many messages a second, how soon, what each of its processes cost, and whether
// everything that was receipted is there.
import { setTimeout as sleep } from "node:timers/promises";
import { fillBacklog, openBacklog, type BacklogOptions } from "./backlog.ts";
import { openChatTables, type ChatTables } from "./chat-tables.ts";
import type { Cores } from "./cpu.ts";
import { openCpuWindow, type CoreShares } from "./cpu-window.ts";
import { startGenerator } from "./generator-process.ts";
import type { Answers, Latency, Sending } from "./generator/job.ts";
import type { Wanted } from "./measure.ts";
import type { ParleyGround } from "./peers/parley-ground.ts";
import type { ParleyPeer } from "./peers/parley.ts";
import type { StoredFaults } from "./stored-checker.ts";

export interface StoringMeasure {
  /** Receipts, or entries of a backlog, in the time that counts. */
  messages: number;
  seconds: number;
  perSecond: number;
  /** From sending, in an open loop from its intended moment, to the RECEIPT, in milliseconds. */
  latency?: Latency;
  /** Of the generator, if there was one, and of each kind of server. */
  cores: CoreShares;
  faults: StoredFaults & Omit<Answers, "sent">;
}

/** How often the tables are looked at while a backlog is drained, in milliseconds. */
const lookMs = 20;
const drainMsMax = 300_000;

export async function measureSending(parley: ParleyPeer, cores: Cores, job: Wanted<Sending>): Promise<StoringMeasure> {
  const running = await parley.start(1, cores);
  const { ground, ports } = running;
  try {
    const generator = startGenerator({ ...job, dialect: parley.dialect, ports }, cores === "both" ? cores : 1);
    await generator.next("ready");
    generator.go();
    await generator.next("measuring");
    const window = openCpuWindow({ generator: [generator.pid], ...ground.parts });
    const { result } = await generator.next("measured");
    const shares = window.close();
    const { answers } = await generator.next("answered");
    const { sent, ...missed } = answers;
    const faults = { ...(await withTables(ground, (tables) => tables.check(sent))), ...missed };
    const { count: messages, seconds, latency } = result;
    return { messages, seconds, perSecond: messages / seconds, ...(latency && { latency }), cores: shares, faults };
  } finally {
    await running.stop();
  }
}

/** chat-history starts beside a full log; what counts begins with its first commit, or when it says that it is ready. */
export async function measureBacklog(
  parley: ParleyPeer,
  cores: Cores,
  options: BacklogOptions,
): Promise<StoringMeasure> {
  const ground = await parley.open(cores);
  try {
    const sent = await fillBacklog(ground.redisUrl, options);
    const backlog = openBacklog(ground.redisUrl, options);
    await backlog.settle();
    await ground.startService("chat-history");
    const measure = await withTables(ground, async (tables) => {
      const before = await until(tables.count, (count) => count > 0);
      const window = openCpuWindow(ground.parts);
      const fromMs = performance.now();
      const messages = (await until(tables.count, (count) => count >= options.entries)) - before;
      const seconds = (performance.now() - fromMs) / 1_000;
      const shares = window.close();
      await until(
        () => backlog.count(),
        (count) => count === 0,
      );
      const faults = { ...(await tables.check(sent)), unanswered: 0, repeated: 0, refused: 0 };
      return { messages, seconds, perSecond: messages / seconds, cores: shares, faults };
    });
    backlog.close();
    return measure;
  } finally {
    await ground.stop();
  }
}

/** Looks again and again; answers with the count that is enough. */
async function until(read: () => Promise<number>, isEnough: (count: number) => boolean): Promise<number> {
  let count = await read();
  for (const untilMs = performance.now() + drainMsMax; !isEnough(count); count = await read()) {
    if (performance.now() > untilMs) throw new Error(`the backlog was not drained within ${drainMsMax} ms`);
    await sleep(lookMs);
  }
  return count;
}

async function withTables<T>({ databaseUrl }: ParleyGround, act: (tables: ChatTables) => Promise<T>): Promise<T> {
  const tables = await openChatTables(databaseUrl);
  try {
    return await act(tables);
  } finally {
    await tables.close();
  }
}
