// The recorder's full batches: a backlog is laid while chat-history is held still, then drained. It must not know which
// variant it measures.
import { readCpuSeconds } from "../src/cpu.ts";
import { countMessages, type Contender } from "./contender.ts";
import { untilDrained } from "./measure-pages.ts";
import { drawMessage } from "./population.ts";

export interface StoreMeasure {
  /** For 1,000 messages, by the recorder's own clock. */
  batchMs: number;
  /** PostgreSQL's CPU time for 1,000 messages: it holds when the machine is shared. */
  postgresCpuMs: number;
  /** From letting go to the empty log. */
  messagesPerSecond: number;
}

const batchEntries = 1_000;
const batches = 50;

/** @throws Error unless every message was stored */
export async function measureStore(contender: Contender): Promise<StoreMeasure> {
  const { history, client, pids } = contender;
  const backlog = Array.from({ length: batches * batchEntries }, () => drawMessage());
  await client.query("CHECKPOINT"); // Whole pages go to the write-ahead log after one: both begin alike.
  const before = await countMessages(client);
  const batchesBefore = await history.batches();
  const cpuBefore = readCpuSeconds([pids.postgres]);
  history.signal("SIGSTOP");
  await Promise.all(backlog.map((message) => history.append(message)));
  const startMs = performance.now();
  history.signal("SIGCONT");
  await untilDrained(contender);
  const seconds = (performance.now() - startMs) / 1_000;
  const cpu = readCpuSeconds([pids.postgres]) - cpuBefore;
  const batchesAfter = await history.batches();
  const stored = (await countMessages(client)) - before;
  if (stored !== backlog.length) throw new Error(`${backlog.length} messages written, ${stored} stored`);
  return {
    batchMs: ((batchesAfter.seconds - batchesBefore.seconds) * 1_000) / batches,
    postgresCpuMs: (cpu * 1_000) / batches,
    messagesPerSecond: backlog.length / seconds,
  };
}
