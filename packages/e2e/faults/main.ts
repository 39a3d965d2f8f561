// `npm run faults -- --only F-01,F-14 --before 60 --after 60 --repetitions 3`: faults against real processes under
// load, with progress, then a table; ends with 1 if an invariant was broken.
import { cp, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rows } from "./rows.ts";
import { runRow, type Outcome } from "./run-row.ts";
import type { Row } from "./row.ts";
import { startStack, type Stack } from "./stack.ts";
import { formatTable, formatViolations } from "./table.ts";

process.setMaxListeners(50); // Every child process listens for our end.
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    only: { type: "string" },
    before: { type: "string", default: "60" },
    after: { type: "string", default: "60" },
    repetitions: { type: "string", default: "3" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    "rounds-scale": { type: "string", default: "1" },
    connections: { type: "string" },
    rate: { type: "string" },
    edits: { type: "string" },
    "no-resume": { type: "boolean", default: false },
    report: { type: "string" },
  },
});
const artifacts = fileURLToPath(new URL("../../../test-artifacts/faults", import.meta.url));
const wanted = values.only?.split(",");
const chosen = rows.filter(({ id }) => wanted === undefined || wanted.includes(id));
const isRoot = process.getuid?.() === 0;
const repetitions = Number(values.repetitions);
const startMs = performance.now();
const outcomes: Outcome[] = [];
const failures: string[] = [];
let shared: Stack | undefined;

for (const row of chosen) {
  if (row.needsRoot && !isRoot) {
    console.log(`${row.id}: left out, it needs root`);
    continue;
  }
  for (let repetition = 1; repetition <= repetitions; repetition++) await repeat(row, repetition);
}
await shared?.close();

console.log(`\n${formatTable(outcomes)}`);
for (const failure of failures) console.log(failure);
if (values.report) await writeFile(values.report, `${formatTable(outcomes)}\n`);
const broken = outcomes.filter(({ verdict }) => verdict.violations.length > 0 || verdict.unreceipted > 0).length;
console.log(`${outcomes.length} runs, ${broken} with violations, ${failures.length} that could not be finished`);
process.exit(broken + failures.length === 0 ? 0 : 1);

async function repeat(row: Row, repetition: number): Promise<void> {
  const tell = (line: string) => {
    const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
    console.log(`[${minutes} min] ${row.id} ${repetition}/${repetitions}: ${line}`);
  };
  const own = await row.openStack?.();
  const stack = own ? await startStack(own) : (shared ??= await startStack());
  const seed = Number(values.seed) + repetition;
  tell(`seed ${seed}`);
  let isBroken = true;
  try {
    const outcome = await runRow(row, stack, {
      beforeMs: Number(values.before) * 1_000,
      afterMs: Number(values.after) * 1_000,
      windowMs: 20_000,
      drainMs: 60_000,
      backMs: 60_000,
      seed,
      roundsScale: Number(values["rounds-scale"]),
      load: {
        ...(values.connections ? { connections: Number(values.connections) } : {}),
        ...(values.rate ? { perSecond: Number(values.rate) } : {}),
        ...(values.edits ? { editsPerSecond: Number(values.edits) } : {}),
        resumes: !values["no-resume"],
      },
      tell,
    });
    outcomes.push(outcome);
    tell(formatViolations(outcome));
    if (outcome.normalAfterMs !== undefined) tell(`normal after ${outcome.normalAfterMs / 1_000} s`);
    for (const { text, isMet } of outcome.facts) tell(isMet === false ? `MISSED ${text}` : text);
    isBroken = outcome.verdict.violations.length > 0 || outcome.verdict.unreceipted > 0;
  } catch (error) {
    failures.push(`${row.id} ${repetition}/${repetitions} could not be finished: ${String(error)}`);
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (isBroken) await cp(stack.logs, `${artifacts}/${row.id}-${seed}`, { recursive: true });
  if (own || isBroken || !(await isHealthy(stack))) {
    if (stack === shared) shared = undefined;
    await stack.close();
    await own?.release?.();
  }
}

async function isHealthy({ services, redis, postgres }: Stack): Promise<boolean> {
  const ready = await Promise.all(services.map((service) => service.isReady()));
  return redis.isRunning && postgres.isRunning && ready.every(Boolean);
}
