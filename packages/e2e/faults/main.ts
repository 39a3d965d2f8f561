// `npm run faults -- --help` says how: faults against real processes under load, with progress, then a table; ends with 1
// if an invariant was broken.
import { cp, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readOptions } from "./options.ts";
import { rows } from "./rows.ts";
import { runRow, type Outcome, type RunOptions } from "./run-row.ts";
import type { Row } from "./row.ts";
import { runSoak } from "./soak.ts";
import { startStack, type Stack } from "./stack.ts";
import { formatTable, formatViolations } from "./table.ts";

process.setMaxListeners(50); // Every child process listens for our end.
const given = readOptions(process.argv.slice(2));
if (!given) process.exit();
const { only, soakMs, report, ...options } = given;
const artifacts = fileURLToPath(new URL("../../../test-artifacts/faults", import.meta.url));
const chosen = rows.filter(({ id, isSoak }) => (only ? only.includes(id) : !isSoak));
const isRoot = process.getuid?.() === 0;
const startMs = performance.now();
const outcomes: Outcome[] = [];
const failures: string[] = [];
let shared: Stack | undefined;

for (const row of chosen) {
  if (row.needsRoot && !isRoot) {
    console.log(`${row.id}: left out, it needs root`);
    continue;
  }
  const repetitions = row.isSoak ? 1 : options.repetitions;
  for (let repetition = 1; repetition <= repetitions; repetition++)
    await repeat(row, `${repetition}/${repetitions}`, options.seed + repetition);
}
await shared?.close();

console.log(`\n${formatTable(outcomes)}`);
for (const failure of failures) console.log(failure);
if (report) await writeFile(report, `${formatTable(outcomes)}\n`);
const broken = outcomes.filter(isBroken).length;
console.log(`${outcomes.length} runs, ${broken} with violations, ${failures.length} that could not be finished`);
process.exit(broken + failures.length === 0 ? 0 : 1);

async function repeat(row: Row, repetition: string, seed: number): Promise<void> {
  const tell = (line: string) => {
    const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
    console.log(`[${minutes} min] ${row.id} ${repetition}: ${line}`);
  };
  const own = await row.openStack?.();
  const stack = own ? await startStack(own) : (shared ??= await startStack());
  tell(`seed ${seed}`);
  const runOptions: RunOptions = {
    ...options,
    windowMs: 20_000,
    drainMs: 60_000,
    backMs: 60_000,
    seed,
    tell,
  };
  let wasBroken = true;
  try {
    const outcome = await (row.isSoak ? runSoak(row, stack, runOptions, soakMs) : runRow(row, stack, runOptions));
    outcomes.push(outcome);
    tell(formatViolations(outcome));
    if (outcome.normalAfterMs !== undefined) tell(`normal after ${outcome.normalAfterMs / 1_000} s`);
    for (const { text, isMet } of outcome.facts) tell(isMet === false ? `MISSED ${text}` : text);
    wasBroken = isBroken(outcome);
  } catch (error) {
    failures.push(`${row.id} ${repetition} could not be finished: ${String(error)}`);
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (wasBroken) await cp(stack.logs, `${artifacts}/${row.id}-${seed}`, { recursive: true });
  if (own || wasBroken || !(await isHealthy(stack))) {
    if (stack === shared) shared = undefined;
    await stack.close();
    await own?.release?.();
  }
}

function isBroken({ verdict }: Outcome): boolean {
  return verdict.violations.length > 0 || verdict.unreceipted > 0;
}

async function isHealthy({ services, redis, postgres }: Stack): Promise<boolean> {
  const ready = await Promise.all(services.map((service) => service.isReady()));
  return redis.isRunning && postgres.isRunning && ready.every(Boolean);
}
