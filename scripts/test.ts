// Everything that can fail, in one run: static checks, then the tests. Its last line is `N passed, N failed`.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStep } from "./run-step.ts";
import { tallyTests, type Tally } from "./tally.ts";

/** Turbo remembers what passed for the files as they are: unchanged, a check takes no time. */
const cached = ["--output-logs=errors-only", "--log-prefix=none", "--ui=stream"];
const checks: Record<string, [string, ...string[]]> = {
  lint: ["turbo", "run", "lint", ...cached],
  format: ["turbo", "run", "format", ...cached],
  types: ["turbo", "run", "typecheck", ...cached],
  unused: ["turbo", "run", "unused", ...cached],
  boundaries: ["turbo", "boundaries"],
  // What the browser tests load
  bundle: ["turbo", "run", "bundle", ...cached],
};

// Ctrl-C in a terminal reached the running step as well; what ends us alone is passed on. The step ends first.
let interrupted = false;
const ending = new AbortController();
process.on("SIGINT", () => (interrupted = true));
for (const signal of ["SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    interrupted = true;
    ending.abort();
  });

const tallies: Tally[] = [];
for (const [name, command] of Object.entries(checks)) if (!interrupted) tallies.push(await check(name, command));
if (!interrupted) tallies.push(await test());
if (interrupted) tallies.push({ passed: 0, failed: 1, remarks: ["interrupted"] });

for (const remark of tallies.flatMap(({ remarks }) => remarks)) console.log(remark);
const [passed, failed] = [sum("passed"), sum("failed")];
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);

async function check(name: string, command: [string, ...string[]]): Promise<Tally> {
  const { code, output, durationMs } = await runStep(command, { signal: ending.signal });
  const ok = code === 0;
  console.log(`${ok ? "ok    " : "FAILED"} ${name} (${(durationMs / 1000).toFixed(1)} s)`);
  if (!ok) console.log(output);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, remarks: [] };
}

async function test(): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "parley-report-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await runStep(["vitest", "run", ...reporters], { pass: true, signal: ending.signal });
  const report = await readFile(file, "utf8").catch(() => undefined);
  await rm(folder, { recursive: true });
  return tallyTests(report, code);
}

function sum(key: "passed" | "failed"): number {
  return tallies.reduce((total, tally) => total + tally[key], 0);
}
