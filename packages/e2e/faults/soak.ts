// A row that takes hours: the load in parts, each of which the checker sees, and what grows over all of them.
import { setTimeout as sleep } from "node:timers/promises";
import { fitLine } from "./fit.ts";
import { watchMinutes, type Minute } from "./minutes.ts";
import { readUsages } from "./resources.ts";
import type { Fact, Row } from "./row.ts";
import { runRow, type Outcome, type RunOptions } from "./run-row.ts";
import type { Stack } from "./stack.ts";

/** What the suite records of a part must fit into its memory. */
const partMs = 10 * 60_000;
/** Until connections that are kept for the next request, to services and to PostgreSQL, have gone. */
const idleMs = 12_000;
const idleLooks = 10;
const idleLookMs = 500;
const mibPerHourMax = 1;

export async function runSoak(row: Row, stack: Stack, options: RunOptions, lengthMs: number): Promise<Outcome> {
  const { tell, seed } = options;
  const endMs = performance.now() + lengthMs;
  let receipted = 0;
  const stopWatching = watchMinutes(stack, (minute) => tell(describe(minute, receipted)));
  const parts: Outcome[] = [];
  const idle: Descriptors[] = [];
  for (let part = 1; parts.length === 0 || performance.now() + idleMs < endMs; part++) {
    const forMs = Math.max(idleMs, Math.min(partMs, endMs - performance.now()));
    const before = receipted;
    const counted: Row = {
      ...row,
      async run({ load }) {
        const counting = setInterval(() => (receipted = before + load.receipted), 1_000);
        await sleep(forMs);
        clearInterval(counting);
      },
    };
    const quiet = { ...options, beforeMs: 0, afterMs: 0, backMs: 0, seed: seed + part, tell: () => {} };
    const outcome = await runRow(counted, stack, quiet);
    receipted = before + outcome.verdict.receipted;
    tell(`part ${part}: ${outcome.verdict.receipted} receipted, ${outcome.verdict.violations.length} violations`);
    parts.push(outcome);
    idle.push(await readIdle(stack));
  }
  const minutes = await stopWatching();
  const facts = [
    ...parts.flatMap((part) => part.facts),
    ...judgeMemory(minutes),
    judgeLog(minutes),
    ...judgeDescriptors(idle),
  ];
  return { row, verdict: mergeVerdicts(parts), normalAfterMs: undefined, facts };
}

/** By the name of the process. */
type Descriptors = Map<string, number>;

/** The least that each has without load. */
async function readIdle(stack: Stack): Promise<Descriptors> {
  await sleep(idleMs);
  const least: Descriptors = new Map();
  for (let look = 0; look < idleLooks; look++) {
    for (const [name, { descriptors }] of await readUsages(stack))
      least.set(name, Math.min(descriptors, least.get(name) ?? Infinity));
    await sleep(idleLookMs);
  }
  return least;
}

function describe({ hours, residentMiB, logLeast }: Minute, receipted: number): string {
  const memory = [...residentMiB].map(([name, mib]) => `${name} ${mib.toFixed(0)}`).join(", ");
  return `minute ${Math.ceil(hours * 60)}: ${receipted} receipted, log down to ${logLeast}, MiB: ${memory}`;
}

/** Over the second half: a process that has just begun grows. */
function judgeMemory(minutes: Minute[]): Fact[] {
  const later = minutes.slice(Math.floor(minutes.length / 2));
  return [...(later[0]?.residentMiB.keys() ?? [])].map((name) => {
    const { slope, error } = fitLine(later.map(({ hours, residentMiB }) => ({ x: hours, y: residentMiB.get(name)! })));
    if (Number.isNaN(slope)) return { text: `memory of ${name}: too short a run to tell` };
    const text = `memory of ${name} grows by ${slope.toFixed(1)} ± ${error.toFixed(1)} MiB/h (bound ${mibPerHourMax})`;
    return { text, isMet: slope < mibPerHourMax };
  });
}

function judgeLog(minutes: Minute[]): Fact {
  const full = minutes.filter(({ logLeast }) => logLeast !== 0).length;
  return { text: `minutes in which the log was never empty ${full} of ${minutes.length} (bound 0)`, isMet: full === 0 };
}

/** Without load, between the parts: with it, they follow the connections. */
function judgeDescriptors(idle: Descriptors[]): Fact[] {
  const [first, last] = [idle[0]!, idle.at(-1)!];
  return [...last].map(([name, count]) => {
    const before = first.get(name) ?? 0;
    return { text: `descriptors of ${name} ${before} → ${count}`, isMet: count <= before };
  });
}

function mergeVerdicts(parts: Outcome[]): Outcome["verdict"] {
  const merged = structuredClone(parts[0]!.verdict);
  for (const { verdict } of parts.slice(1)) {
    merged.receipted += verdict.receipted;
    merged.unreceipted += verdict.unreceipted;
    for (const key of Object.keys(merged.seen) as (keyof typeof merged.seen)[]) merged.seen[key] += verdict.seen[key];
    for (const key of Object.keys(merged.damages) as (keyof typeof merged.damages)[])
      merged.damages[key] += verdict.damages[key];
    merged.violations.push(...verdict.violations);
  }
  return merged;
}
