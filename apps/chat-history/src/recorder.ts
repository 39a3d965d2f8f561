// The one writer of a partition: takes what has gathered in the log, has it stored, and has the outcome told while it
// stores what came next. It assumes that the log repeats itself: an entry seen before is confirmed again, not stored again.
import { setTimeout as sleep } from "node:timers/promises";
import type { LogReader } from "@parley/bus";
import { parseEntry, refusedEntry, type DeadEntry, type Entry } from "./entries.ts";
import type { Losses } from "./losses.ts";
import { storeBatch } from "./store-batch.ts";
import { roomless } from "./store/record.ts";
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

const nothing: Outcome = { finished: [], setAside: [], dead: [] };

/** What was read, parsed. */
interface Gathered {
  entries: Entry[];
  refused: DeadEntry[];
  /** There may be more. */
  isFull: boolean;
}

const nothingRead: Gathered = { entries: [], refused: [], isFull: false };

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
   * Reads from the log's beginning: what a writer before us left unfinished comes first. Behind a full batch the next one
   * waits already; it is read and parsed while PostgreSQL works on the first, and the first is told while it works on the
   * next. Where nothing waits, a batch is told at once.
   */
  async function recordAll(reader: LogReader) {
    const teller = createTeller(reader, options);
    let setAside: Entry[] = [];
    let untold: Outcome = nothing;
    let telling = Promise.resolve();
    const tell = () => {
      const { finished, dead } = untold;
      untold = nothing;
      telling = ahead(telling.then(() => teller.tell(finished, dead)));
    };
    let isNextThere = false;
    const read = (waitMs: number) => {
      const gathering = ahead(readMore(reader, setAside.length, waitMs));
      isNextThere = false;
      gathering.then(() => (isNextThere = true), ignore);
      return gathering;
    };
    let reading: Promise<Gathered> | undefined = read(0); // At first without waiting, just to see that it works.
    try {
      while (!signal.aborted) {
        reading ??= read(idleMs);
        // What was set aside is tried again, whether anything comes or not.
        const gathered: Gathered = await (setAside.length > 0 ? Promise.race([reading, setAsideOver()]) : reading);
        if (gathered !== nothingRead) reading = gathered.isFull ? read(idleMs) : undefined;
        const outcome = await store([...setAside, ...gathered.entries], tell);
        setAside = outcome.setAside;
        if (untold !== nothing) tell();
        await telling; // One batch at most is being told: what fails is not far behind.
        untold = { ...outcome, dead: [...gathered.refused, ...outcome.dead] };
        if (!isNextThere || !reading) tell();
        working();
        await losses.look(reader);
      }
    } finally {
      tell();
      await telling;
    }
  }

  async function setAsideOver(): Promise<Gathered> {
    await sleep(setAsideMs, undefined, { signal }).catch(ignore); // Stopping is no fault.
    return nothingRead;
  }

  async function readMore(reader: LogReader, waiting: number, waitMs: number): Promise<Gathered> {
    if (waiting >= setAsideEntriesMax) return { ...(await setAsideOver()) }; // Read, and nothing there.
    const read = await reader.next(batchEntriesMax, waitMs);
    if (read.length > 0) reached("after-read");
    const parsed = read.map(parseEntry);
    return {
      entries: parsed.filter((entry) => "message" in entry),
      refused: parsed.filter((entry) => "reason" in entry),
      isFull: read.length >= batchEntriesMax,
    };
  }

  /** @param meanwhile called while PostgreSQL works on the batch, perhaps more than once, or not at all if that fails */
  async function store(batch: Entry[], meanwhile: () => void): Promise<Outcome> {
    const outcome: Outcome = { finished: [], setAside: [], dead: [] };
    if (batch.length === 0) {
      meanwhile();
      await writer.tryLock();
      return outcome;
    }
    const endTimer = metrics.batchSeconds.startTimer();
    const stored = await storeBatch(
      writer,
      batch.map((entry) => entry.message),
      meanwhile,
    );
    endTimer();
    reached("after-commit");
    for (const [place, entry] of batch.entries()) {
      const one = stored[place];
      if (one === undefined) outcome.setAside.push(entry);
      else if (one === roomless) outcome.finished.push({ entry, stored: roomless });
      else if ("refusedBy" in one) outcome.dead.push(refusedEntry(entry, one.refusedBy));
      else outcome.finished.push({ entry, stored: one });
    }
    return outcome;
  }
}

/** What runs on while something else is awaited first; its fault is met when it is awaited itself. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(ignore);
  return promise;
}

function ignore() {}
