// One writer per partition: takes what has gathered in the log, has it stored, tells the outcome of every entry, then
// removes it. It assumes that the log repeats itself: an entry seen before is confirmed again, not stored again.
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus, LogEntry, LogReader } from "@parley/bus";
import type { Channels } from "@parley/contracts";
import type { Log } from "@parley/service";
import { formatOutcome, parseEntry, type Entry } from "./entries.ts";
import type { RecorderMetrics } from "./metrics.ts";
import type { Writer } from "./store/writer.ts";

export interface RecorderOptions {
  bus: Bus;
  channels: Channels;
  openWriter: () => Promise<Writer>;
  batchEntriesMax: number;
  setAsideEntriesMax: number;
  log: Log;
  metrics: RecorderMetrics;
}

export interface Recorder {
  /** `active` writes; `standby` waits for another process's right to write; `failing` lacks PostgreSQL or the bus. */
  readonly state: "starting" | "standby" | "active" | "failing";
  /** Finishes the batch under way and gives up the right to write. */
  close(): Promise<void>;
}

/** Also the ping that keeps the writing session alive (its idle_session_timeout is 10 s). */
const idleMs = 2_000;
/** Polled, not awaited in the server: a waiting statement would hold back vacuum. */
const standbyMs = 500;
const setAsideMs = 100;
const backoffMsMin = 100;
const backoffMsMax = 5_000;

export function createRecorder(options: RecorderOptions): Recorder {
  const { bus, channels, log, metrics } = options;
  const stop = new AbortController();
  let state: Recorder["state"] = "starting";
  let backoffMs = backoffMsMin;

  async function run() {
    while (!stop.signal.aborted) {
      try {
        await recordAsWriter();
      } catch (error) {
        if (stop.signal.aborted) return;
        state = "failing";
        log.warn({ err: error, backoffMs }, "recording stopped; trying again");
        await pause(backoffMs);
        backoffMs = Math.min(backoffMs * 2, backoffMsMax);
      }
    }
  }

  async function recordAsWriter() {
    const writer = await options.openWriter();
    try {
      while (!(await writer.tryLock())) {
        state = "standby";
        backoffMs = backoffMsMin;
        await pause(standbyMs);
        if (stop.signal.aborted) return;
      }
      const reader = bus.read({ name: channels.log });
      const closeReader = () => reader.close();
      stop.signal.addEventListener("abort", closeReader);
      try {
        await record(writer, reader);
      } finally {
        stop.signal.removeEventListener("abort", closeReader);
        await reader.close();
      }
    } finally {
      await writer.close().catch(() => {}); // Already lost.
    }
  }

  /** Reads from the log's beginning: what a writer before us left unfinished comes first. */
  async function record(writer: Writer, reader: LogReader) {
    let setAside: Entry[] = [];
    while (!stop.signal.aborted) {
      const read = await readMore(reader, setAside.length);
      const batch = [...setAside, ...(await keepReadable(reader, read))];
      if (batch.length === 0) await writer.tryLock();
      else setAside = await storeAndTell(writer, reader, batch);
      state = "active";
      backoffMs = backoffMsMin;
    }
  }

  async function readMore(reader: LogReader, waiting: number): Promise<LogEntry[]> {
    if (waiting < options.setAsideEntriesMax)
      return reader.next(options.batchEntriesMax, waiting > 0 ? setAsideMs : idleMs);
    await pause(setAsideMs);
    return [];
  }

  /** What is no message of ours goes to the dead log, so that it cannot hold up the rest. */
  async function keepReadable(reader: LogReader, read: LogEntry[]): Promise<Entry[]> {
    const parsed = read.map(parseEntry);
    const dead = parsed.filter((entry) => "reason" in entry);
    if (dead.length > 0) {
      await Promise.all(dead.map((entry) => bus.append({ name: channels.dead }, "", JSON.stringify(entry))));
      await reader.remove(dead.map((entry) => entry.id));
      metrics.entries.inc({ outcome: "dead" }, dead.length);
      log.error({ count: dead.length, reason: dead[0]?.reason }, "entries moved to the dead log");
    }
    return parsed.filter((entry) => "message" in entry);
  }

  /** Returns the entries that were not stored because somebody else has their rooms locked. */
  async function storeAndTell(writer: Writer, reader: LogReader, batch: Entry[]): Promise<Entry[]> {
    const endTimer = metrics.batchSeconds.startTimer();
    const outcomes = await writer.store(batch.map((entry) => entry.message));
    endTimer();
    const finished = batch.filter((_, index) => outcomes[index] !== undefined);
    const told = outcomes.flatMap((outcome, index) => {
      const entry = batch[index];
      return outcome && entry ? [formatOutcome(entry.message, outcome)] : [];
    });
    await Promise.all(told.map(({ topic, payload, roomId }) => bus.publish(channels[topic], roomId, payload)));
    await reader.remove(finished.map((entry) => entry.id));
    for (const { topic } of told) metrics.entries.inc({ outcome: topic === "timestamp" ? "confirmed" : "rejected" });
    return batch.filter((_, index) => outcomes[index] === undefined);
  }

  async function pause(ms: number) {
    await sleep(ms, undefined, { signal: stop.signal }).catch(() => {}); // Stopping is no fault.
  }

  const ended = run();
  return {
    get state() {
      return state;
    },
    async close() {
      stop.abort();
      await ended;
    },
  };
}
