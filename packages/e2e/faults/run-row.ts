// One repetition of one fault: load before, the fault in the middle, load after, then the checker.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../fuzz/streams.ts";
import { check, type Verdict } from "./checker.ts";
import { readEnding } from "./ending.ts";
import { startLoad, standardLoad, type Load, type LoadOptions } from "./load.ts";
import { Timeline } from "./measures.ts";
import { readUsages, untilBack, untilLogEmpty } from "./resources.ts";
import type { Fact, Row, RowContext } from "./row.ts";
import type { Stack } from "./stack.ts";

export interface RunOptions {
  beforeMs: number;
  afterMs: number;
  /** The window that must be normal. */
  windowMs: number;
  drainMs: number;
  /** How long memory and descriptors have to come back once the load is gone; 0: nobody looks. */
  backMs: number;
  seed: number;
  /** Of rounds, and of how long things last. */
  roundsScale: number;
  load: Partial<LoadOptions>;
  tell: (line: string) => void;
}

export interface Outcome {
  row: Row;
  verdict: Verdict;
  normalAfterMs: number | undefined;
  facts: Fact[];
}

const progressMs = 10_000;
/** Beyond it latencies say as much about this process as about the servers. */
const ownDelayMsMax = 50;
/** The tail check of a gateway, and some more. */
const settleMsMin = 6_000;
const settleMsMax = 30_000;

export async function runRow(row: Row, stack: Stack, options: RunOptions): Promise<Outcome> {
  const { beforeMs, afterMs, windowMs, seed, tell } = options;
  const facts: Fact[] = [];
  const random = createRandom(seed);
  const usagesIdle = await readUsages(stack);
  const loadStartMs = performance.now();
  const load = await startLoad(stack, { ...standardLoad, ...options.load, ...row.load, seed });
  const exitsBefore = stack.services.map(({ exits }) => exits.length);
  const ownDelay = monitorEventLoopDelay({ resolution: 10 });
  ownDelay.enable();
  let phase = "before";
  const telling = setInterval(
    () =>
      tell(
        `${phase}: ${load.receipted} of ${load.sent} receipted, ${load.clients.filter(({ stands }) => stands).length} connections stand`,
      ),
    progressMs,
  );
  try {
    tell(`load runs, ${(beforeMs / 1_000).toFixed(0)} s until the fault`);
    await sleep(beforeMs);
    const usagesBefore = await readUsages(stack);
    const context: RowContext = {
      stack,
      load,
      random,
      rounds: Math.max(1, Math.round(row.rounds * options.roundsScale)),
      lastingMs: (seconds) => seconds * 1_000 * options.roundsScale,
      fault: { startMs: performance.now(), endMs: 0 },
      tell,
      fact: (text) => void facts.push({ text }),
      bound(what, value, bound, unit) {
        const shown = value === undefined ? "never" : format(value, unit);
        const isMet = value !== undefined && value <= bound;
        facts.push({ text: `${what} ${shown} (bound ${format(bound, unit)})`, isMet });
      },
    };
    phase = "fault";
    tell(row.title);
    await row.run(context);
    context.fault.endMs ||= performance.now();
    phase = "after";
    tell(`the fault is over, ${(afterMs / 1_000).toFixed(0)} s more`);
    await sleep(Math.max(0, context.fault.endMs + afterMs - performance.now()));
    const loadEndMs = performance.now();
    const ownDelayMs = ownDelay.percentile(99) / 1e6;
    if (ownDelayMs > ownDelayMsMax)
      facts.push({ text: `the suite's own loop was late by p99 ${ownDelayMs.toFixed(0)} ms` });
    phase = "drain";
    await load.drain(options.drainMs);
    const entriesLeft = await untilLogEmpty(stack);
    if (entriesLeft !== 0) facts.push({ text: `I-12: ${entriesLeft} entries left in the log`, isMet: false });
    await settle(stack, load);
    const ending = await readEnding(stack, load);
    const verdict = check(load.recording, ending, { endMs: performance.now(), logWasLost: row.losesLog ?? false });
    const timeline = new Timeline(load.recording);
    const normalAfterMs = timeline.normalAfterMs(context.fault.endMs, loadEndMs, Math.min(windowMs, afterMs / 2));
    await row.judge?.({ ...context, timeline, loadStartMs, loadEndMs });
    facts.push(...unexpectedExits(stack, exitsBefore));
    load.close();
    const left = options.backMs > 0 ? await untilBack(stack, usagesIdle, usagesBefore, options.backMs) : [];
    facts.push(...left.map((text) => ({ text, isMet: false })));
    return { row, verdict, normalAfterMs, facts };
  } finally {
    clearInterval(telling);
    load.close();
  }
}

/** Until every subscription has been given everything, as far as it will. */
async function settle({ pool }: Stack, { clients, rooms }: Load): Promise<void> {
  const startMs = performance.now();
  await sleep(settleMsMin);
  const { rows } = await pool.query("SELECT id, last_seq::float8 AS last FROM chat.room WHERE id = ANY ($1)", [rooms]);
  const last = new Map(rows.map(({ id, last: seq }) => [String(id), Number(seq)]));
  const isUpToDate = () =>
    clients.every(
      (client) =>
        client.isGone ||
        (client.stands && [...client.confirmed()].every(([room, seq]) => seq >= (last.get(room) ?? 0))),
    );
  while (!isUpToDate() && performance.now() < startMs + settleMsMax) await sleep(200);
  await sleep(500);
}

/** Processes that ended although nobody ended them; rows that want that say so themselves. */
function unexpectedExits({ services }: Stack, exitsBefore: number[]): Fact[] {
  return services.flatMap(({ name, exits }, n) => {
    const ended = exits.slice(exitsBefore[n]).filter(({ wasOurs }) => !wasOurs);
    if (ended.length === 0) return [];
    return [
      {
        text: `${name} ended by itself ${ended.length} ×: ${ended.map(({ code, signal }) => signal ?? code).join(", ")}`,
      },
    ];
  });
}

function format(value: number, unit: string): string {
  return unit === "s" ? `${value.toFixed(1)} s` : `${Math.round(value)}${unit === "" ? "" : ` ${unit}`}`;
}
