// The one writer of a partition: takes what has gathered in the log, has it stored, tells the outcome of every entry, then
// removes it. It assumes that the log repeats itself: an entry seen before is confirmed again, not stored again.
import { setTimeout as sleep } from "node:timers/promises";
import { BusFault, type Bus, type LogEntry, type LogReader } from "@parley/bus";
import { plainChannels, type Channels } from "@parley/contracts";
import type { Log } from "@parley/service";
import { formatDead, formatOutcome, parseEntry, refusedEntry, type DeadEntry, type Entry } from "./entries.ts";
import type { Reached } from "./failpoint.ts";
import type { Losses } from "./losses.ts";
import type { RecorderMetrics } from "./metrics.ts";
import { storeBatch } from "./store-batch.ts";
import type { Writer } from "./store/writer.ts";

export interface RecorderOptions {
  bus: Bus;
  channels: Channels;
  openWriter: () => Promise<Writer>;
  reached: Reached;
  losses: Losses;
  batchEntriesMax: number;
  setAsideEntriesMax: number;
  log: Log;
  metrics: RecorderMetrics;
}

/** What a batch left: entries whose rooms somebody else has locked, and those that cannot be stored. */
interface Done {
  setAside: Entry[];
  dead: DeadEntry[];
}

type Told = ReturnType<typeof formatOutcome> | NonNullable<ReturnType<typeof formatDead>>;

/** How a partition is recorded, as seen by whoever has that done. */
export interface Recording {
  /** Ends it: the batch under way is finished first. */
  signal: AbortSignal;
  /** Called whenever a batch has been finished, or there was nothing to do. */
  working: () => void;
}

/** Also the ping that keeps the writing session alive (its idle_session_timeout is 10 s). */
const idleMs = 2_000;
const setAsideMs = 100;
/** Entries that are remembered while the dead log has no room; the others are found again by the next reader. */
const unburiedMax = 1_000;

/** Resolves at once if somebody else has the right to write. Rejects when PostgreSQL or the bus fails. */
export async function recordPartition(options: RecorderOptions, { signal, working }: Recording): Promise<void> {
  const { bus, channels, log, metrics, reached, losses } = options;
  const writer = await options.openWriter();
  try {
    if (!(await writer.tryLock())) return;
    const reader = bus.read({ name: channels.log });
    const closeReader = () => reader.close();
    signal.addEventListener("abort", closeReader);
    try {
      await recordAll(reader);
    } catch (error) {
      if (!signal.aborted) throw error; // A closed reader fails.
    } finally {
      signal.removeEventListener("abort", closeReader);
      await reader.close();
    }
  } finally {
    await writer.close().catch(() => {}); // Already lost.
  }

  /** Reads from the log's beginning: what a writer before us left unfinished comes first. */
  async function recordAll(reader: LogReader) {
    let setAside: Entry[] = [];
    let dead: DeadEntry[] = [];
    let waitMs = 0; // At first just to see that it works.
    while (!signal.aborted) {
      const read = await readMore(reader, setAside.length, waitMs);
      waitMs = idleMs;
      if (read.length > 0) reached("after-read");
      const parsed = read.map(parseEntry);
      const batch = [...setAside, ...parsed.filter((entry) => "message" in entry)];
      const done = batch.length > 0 ? await storeAndTell(reader, batch) : await rest();
      setAside = done.setAside;
      // Last: what cannot be stored must not hold up what can.
      dead = await bury(reader, [...dead, ...parsed.filter((entry) => "reason" in entry), ...done.dead]);
      working();
      await losses.look(reader);
    }
  }

  async function rest(): Promise<Done> {
    await writer.tryLock();
    return { setAside: [], dead: [] };
  }

  async function readMore(reader: LogReader, waiting: number, waitMs: number): Promise<LogEntry[]> {
    if (waiting < options.setAsideEntriesMax)
      return reader.next(options.batchEntriesMax, waiting > 0 ? setAsideMs : waitMs);
    await pause(setAsideMs);
    return [];
  }

  async function storeAndTell(reader: LogReader, batch: Entry[]): Promise<Done> {
    const endTimer = metrics.batchSeconds.startTimer();
    const messages = batch.map((entry) => entry.message);
    const outcomes = await storeBatch(writer, messages);
    endTimer();
    reached("after-commit");
    const finished: Entry[] = [];
    const told: Told[] = [];
    const done: Done = { setAside: [], dead: [] };
    for (const [place, entry] of batch.entries()) {
      const outcome = outcomes[place];
      if (outcome === undefined) done.setAside.push(entry);
      else if ("refusedBy" in outcome) done.dead.push(refusedEntry(entry, outcome.refusedBy));
      else {
        finished.push(entry);
        told.push(formatOutcome(entry.message, outcome));
      }
    }
    await publish(told);
    reached("after-publish");
    await reader.remove(finished.map((entry) => entry.id));
    for (const { topic } of told) metrics.entries.inc({ outcome: topic === "timestamp" ? "confirmed" : "rejected" });
    return done;
  }

  /**
   * Moves entries to the dead log, with the reason, and tells whoever sent them. Answers with those for which there is no
   * room now; they stay in the log.
   */
  async function bury(reader: LogReader, dead: DeadEntry[]): Promise<DeadEntry[]> {
    if (dead.length === 0) return [];
    const records = dead.map(({ id, payload, reason }) => JSON.stringify({ id, payload, reason }));
    try {
      await Promise.all(records.map((record) => bus.append({ name: channels.dead }, "", record)));
    } catch (error) {
      if (!(error instanceof BusFault && error.code === "BACKLOG_FULL")) throw error;
      log.error({ err: error, count: dead.length }, "no room in the dead log");
      return dead.slice(0, unburiedMax);
    }
    await publish(dead.map(formatDead).filter((told) => told !== undefined));
    await reader.remove(dead.map((entry) => entry.id));
    metrics.entries.inc({ outcome: "dead" }, dead.length);
    log.error({ count: dead.length, reason: dead[0]?.reason }, "entries moved to the dead log");
    return [];
  }

  async function publish(told: Told[]) {
    await Promise.all(
      told.flatMap(({ topic, payload, roomId, isAdopted }) => {
        const names = isAdopted ? new Set([channels[topic], plainChannels[topic]]) : [channels[topic]];
        return [...names].map((name) => bus.publish(name, roomId, payload));
      }),
    );
  }

  async function pause(ms: number) {
    await sleep(ms, undefined, { signal }).catch(() => {}); // Stopping is no fault.
  }
}
