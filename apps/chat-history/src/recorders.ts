// The partitions that this process writes: looks twice a second at who shares them, and takes or gives up some. It must
// not know what recording is.
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@parley/service";
import type { Recording } from "./recorder.ts";
import { planShare } from "./share.ts";
import type { Members, MembersView } from "./store/members.ts";

export interface RecordersOptions {
  partitions: number;
  openMembers: () => Promise<Members>;
  /** Whether its log can be reached from here. */
  canReach: (partition: number) => boolean;
  /** Takes the right to write a partition and uses it until the signal; resolves at once if somebody else has it. */
  record: (partition: number, recording: Recording) => Promise<void>;
  log: Log;
}

export interface Recorders {
  /** How many partitions this process writes now. */
  readonly active: number;
  /** Finishes the batches under way and gives up all partitions. */
  close(): Promise<void>;
}

/** How often to look: what died or was given up is taken within this. It also keeps the session alive. */
const lookMs = 500;
/** A partition that nobody has taken for so long is anybody's. */
const orphanMs = 2_000;
const backoffMsMin = 100;
const backoffMsMax = 5_000;

interface Attempt {
  stop: AbortController;
  isActive: boolean;
  ended: Promise<void>;
}

interface Failure {
  backoffMs: number;
  untilMs: number;
}

export function createRecorders({ partitions, openMembers, canReach, record, log }: RecordersOptions): Recorders {
  const stop = new AbortController();
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  /** In the order in which they were taken. */
  const ours = new Map<number, Attempt>();
  const failures = new Map<number, Failure>();
  /** Since when each partition has been without a writer. */
  const freeSince = new Map<number, number>();
  let members: Members | undefined;

  function take(partition: number) {
    const attempt: Attempt = { stop: new AbortController(), isActive: false, ended: Promise.resolve() };
    const recording: Recording = {
      signal: attempt.stop.signal,
      working() {
        attempt.isActive = true;
        failures.delete(partition);
      },
    };
    ours.set(partition, attempt);
    attempt.ended = record(partition, recording)
      .catch((error: unknown) => {
        if (!attempt.stop.signal.aborted) fail(partition, error);
      })
      .finally(() => ours.delete(partition));
  }

  function fail(partition: number, error: unknown) {
    const backoffMs = Math.min((failures.get(partition)?.backoffMs ?? backoffMsMin / 2) * 2, backoffMsMax);
    failures.set(partition, { backoffMs, untilMs: performance.now() + backoffMs });
    log.warn({ err: error, partition, backoffMs }, "recording stopped; trying again");
  }

  /** Who can write nothing leaves the partitions to others: it counts again once it may try again. */
  function isAble(): boolean {
    if (!all.some(canReach)) return false;
    const isActive = [...ours.values()].some((attempt) => attempt.isActive);
    return isActive || ![...failures.values()].some(({ untilMs }) => untilMs > performance.now());
  }

  function findFree({ taken }: MembersView): { free: number[]; orphans: Set<number> } {
    const nowMs = performance.now();
    for (const partition of all)
      if (taken.has(partition)) freeSince.delete(partition);
      else if (!freeSince.has(partition)) freeSince.set(partition, nowMs);
    const free = [...freeSince.keys()].filter(
      (partition) => !ours.has(partition) && canReach(partition) && (failures.get(partition)?.untilMs ?? 0) <= nowMs,
    );
    return { free, orphans: new Set(free.filter((partition) => nowMs - freeSince.get(partition)! >= orphanMs)) };
  }

  async function look() {
    members ??= await openMembers();
    const view = await members.look(isAble());
    const situation = { partitions, members: view.size, rank: view.rank, ours: [...ours.keys()] };
    const { give, take: wanted } = planShare({ ...situation, ...findFree(view) });
    for (const partition of give) ours.get(partition)?.stop.abort();
    if (!stop.signal.aborted) for (const partition of wanted) take(partition);
  }

  async function run() {
    while (!stop.signal.aborted) {
      try {
        await look();
      } catch (error) {
        log.warn({ err: error }, "could not see who shares the partitions; trying again");
        await leave();
      }
      await sleep(lookMs, undefined, { signal: stop.signal }).catch(() => {}); // Stopping is no fault.
    }
  }

  async function leave() {
    const left = members;
    members = undefined;
    await left?.close().catch(() => {}); // Already lost.
  }

  const ended = run();
  return {
    get active() {
      return [...ours.values()].filter((attempt) => attempt.isActive).length;
    },
    async close() {
      stop.abort();
      await ended;
      for (const attempt of ours.values()) attempt.stop.abort();
      await Promise.all([leave(), ...[...ours.values()].map((attempt) => attempt.ended)]);
    },
  };
}
