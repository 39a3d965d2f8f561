// The one writer of a partition: takes what has gathered in the log, has it stored, and has the outcome told while it
// stores what came next. It assumes that the log repeats itself: an entry seen before is confirmed again, not stored again.
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry, LogReader } from "@parley/bus";
import { parseEntry, refusedEntry, type DeadEntry, type Entry } from "./entries.ts";
import type { Losses } from "./losses.ts";
import { storeBatch } from "./store-batch.ts";
import type { Writer } from "./store/writer.ts";
import { createTeller, type Finished, type TellerOptions } from "./teller.ts";

export interface RecorderOptions extends TellerOptions {
  openWriter: () => Promise<Writer>;
  losses: Losses;
  batchEntriesMax: number;
  setAsideEntriesMax: number;
}

/** How a partition is recorded, as seen by whoever has that done. */
export interface Recording {
  /** Ends it: what is under way is finished first. */
  signal: AbortSignal;
  /** Called whenever a batch has been stored, or there was nothing to do. */
  working: () => void;
}

/** What became of a batch. Set aside are entries whose rooms somebody else has locked. */
interface Outcome {
  finished: Finished[];
  setAside: Entry[];
  dead: DeadEntry[];
}

/** Also the ping that keeps the writing session alive (its idle_session_timeout is 10 s). */
const idleMs = 2_000;
const setAsideMs = 100;

/** Resolves at once if somebody else has the right to write. Rejects when PostgreSQL or the bus fails. */
export async function recordPartition(options: RecorderOptions, { signal, working }: Recording): Promise<void> {
  const { bus, channels, metrics, reached, losses, batchEntriesMax, setAsideEntriesMax } = options;
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

  /**
   * Reads from the log's beginning: what a writer before us left unfinished comes first. While a batch is told the next one
   * is stored; a full one has been followed by reading, and the next waits already.
   */
  async function recordAll(reader: LogReader) {
    const teller = createTeller(reader, options);
    let setAside: Entry[] = [];
    let telling = Promise.resolve();
    let reading = ahead(readMore(reader, 0, 0)); // At first without waiting, just to see that it works.
    try {
      while (!signal.aborted) {
        const read = await reading;
        const isFull = read.length >= batchEntriesMax;
        if (isFull) reading = ahead(readMore(reader, setAside.length, idleMs));
        if (read.length > 0) reached("after-read");
        const parsed = read.map(parseEntry);
        const outcome = await store([...setAside, ...parsed.filter((entry) => "message" in entry)]);
        setAside = outcome.setAside;
        await telling;
        const dead = [...parsed.filter((entry) => "reason" in entry), ...outcome.dead];
        telling = ahead(teller.tell(outcome.finished, dead));
        working();
        await losses.look(reader);
        if (!isFull) reading = ahead(readMore(reader, setAside.length, idleMs));
      }
    } finally {
      await telling;
    }
  }

  async function readMore(reader: LogReader, waiting: number, waitMs: number): Promise<LogEntry[]> {
    if (waiting < setAsideEntriesMax) return reader.next(batchEntriesMax, waiting > 0 ? setAsideMs : waitMs);
    await sleep(setAsideMs, undefined, { signal }).catch(() => {}); // Stopping is no fault.
    return [];
  }

  async function store(batch: Entry[]): Promise<Outcome> {
    const outcome: Outcome = { finished: [], setAside: [], dead: [] };
    if (batch.length === 0) {
      await writer.tryLock();
      return outcome;
    }
    const endTimer = metrics.batchSeconds.startTimer();
    const stored = await storeBatch(
      writer,
      batch.map((entry) => entry.message),
    );
    endTimer();
    reached("after-commit");
    for (const [place, entry] of batch.entries()) {
      const one = stored[place];
      if (one === undefined) outcome.setAside.push(entry);
      else if ("refusedBy" in one) outcome.dead.push(refusedEntry(entry, one.refusedBy));
      else outcome.finished.push({ entry, stored: one });
    }
    return outcome;
  }
}

/** What runs on while something else is awaited first; its fault is met when it is awaited itself. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
