// Reads what a room's list lacks: the newest page at first, later the changes since its position. One read at a time.
import type { ErrorCode, HistoryPage, StoredMessage } from "@parley/contracts";
import { backOffMs } from "./back-off.ts";
import { ChatError } from "./chat-error.ts";
import type { History } from "./history.ts";
import { sleep } from "./sleep.ts";
import type { RoomEvent, Timeline } from "./timeline.ts";

/** Further behind than this, the list starts over from the newest page. */
const changesBehindMax = 1_000;
const changesPageMessages = 200;
const newestPageMessages = 50;
/** A change may be overtaken by its successor: it is given this long before it is read. */
const gapMs = 250;

export interface CatchUpOptions {
  roomId: string;
  history: History;
  timeline: () => Timeline;
  dispatch: (event: RoomEvent) => void;
  onRefused: (code: ErrorCode) => void;
}

export interface CatchUp {
  /** Reads until nothing is missing; tries again after failures. */
  start(): void;
  /** The same, from the newest page. */
  startOver(): void;
  /** One read of another kind, in its turn. @throws ChatError */
  run(task: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** What is under way is given up, and changes nothing any more. */
  stop(): void;
}

export function createCatchUp({ roomId, history, timeline, dispatch, onRefused }: CatchUpOptions): CatchUp {
  let stopping = new AbortController();
  let reads = Promise.resolve();
  let isWaiting = false;
  let mustStartOver = false;

  function run(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = stopping;
    const done = reads.then(() => (signal.aborted ? undefined : task(signal)));
    reads = done.catch(() => {});
    return done;
  }

  function start() {
    if (isWaiting) return;
    isWaiting = true;
    const { signal } = stopping;
    void run((until) => readAll(until)).finally(() => {
      if (!signal.aborted) isWaiting = false;
    });
  }

  async function readAll(signal: AbortSignal) {
    const isMissing = () => timeline().held !== undefined || timeline().hasGap || mustStartOver;
    for (let failures = 0; isMissing() && !signal.aborted;) {
      if (!timeline().held && !mustStartOver) await sleep(gapMs, signal);
      try {
        await readOnce(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        const code = error instanceof ChatError ? error.code : "INTERNAL";
        if (code === "FORBIDDEN" || code === "NOT_FOUND") return onRefused(code);
        await sleep(backOffMs(++failures), signal);
      }
    }
  }

  async function readOnce(signal: AbortSignal) {
    dispatch({ type: "reading" });
    if (timeline().floor === undefined || mustStartOver) return readNewest(signal);
    const changes: StoredMessage[] = [];
    const { position } = timeline();
    for (let cursor: number | null = position; cursor !== null;) {
      const page: HistoryPage = await history.read(
        roomId,
        { changedAfter: cursor, limit: changesPageMessages },
        signal,
      );
      const behind = page.position.changeSeq - position;
      // A history that went back was restored from a backup: nothing that is shown can be relied on.
      if (behind > changesBehindMax || behind < 0) return readNewest(signal);
      changes.push(...page.messages);
      cursor = page.nextCursor;
      // Together, so that no hole is seen between the pages.
      if (cursor === null && !signal.aborted) dispatch({ type: "changes", changes, until: page.position.changeSeq });
    }
  }

  async function readNewest(signal: AbortSignal) {
    const page = await history.read(roomId, { limit: newestPageMessages }, signal);
    if (signal.aborted) return;
    mustStartOver = false;
    dispatch({ type: "newest", page });
  }

  function stop() {
    stopping.abort();
    stopping = new AbortController();
    isWaiting = false;
  }

  return {
    start,
    startOver() {
      stop();
      mustStartOver = true;
      start();
    },
    run,
    stop,
  };
}
