// The order of the measurements: variants take turns within a repetition and change places after each, so that a machine
// whose speed drifts drifts for both. It must not know how any of them is made.
import type { EmbeddedPostgres } from "@parley/embedded";
import { percentileOf } from "../src/statistics.ts";
import { openContender, warm, type Contender } from "./contender.ts";
import { measurePages, measureQuietPages } from "./measure-pages.ts";
import { measureStore } from "./measure-store.ts";
import { isMended, measureMend } from "./mend.ts";
import type { Options } from "./options.ts";
import { planSettings, type PlanLog } from "./plan-log.ts";
import type { Findings, Repetition } from "./report.ts";
import type { Surroundings } from "./service.ts";
import { judgeStatements } from "./statements.ts";
import { together } from "./together.ts";
import { variants, type Variant } from "./variants.ts";

/** Pages of each kind, one at a time. */
const quietPages = 250;

interface Bench extends Surroundings {
  server: EmbeddedPostgres;
  plans: PlanLog;
  options: Options;
  tell: (line: string) => void;
}

export async function runRounds(bench: Bench): Promise<Omit<Findings, "filled">> {
  const { server, options, tell } = bench;
  const statements = options.steps.includes("plans") ? await judgeBoth(bench) : {};
  const single = await openContender(server, "single", bench);
  const partitioned = await openContender(server, "partitioned", bench);
  const contenders: Record<Variant, Contender> = { single, partitioned };
  try {
    const repetitions: Repetition[] = [];
    const isMeasured = options.steps.includes("pages") || options.steps.includes("store");
    const rounds = isMeasured ? options.repetitions : 0;
    for (let repetition = 1; repetition <= rounds; repetition++)
      for (const variant of inTurn(variants, repetition)) {
        const measured = await measure(contenders[variant], options);
        tell(`${variant}, repetition ${repetition} of ${options.repetitions}: ${formatBriefly(measured)}`);
        repetitions.push({ variant, repetition, ...measured });
      }
    const mends: Findings["mends"] = [];
    if (options.steps.includes("mend") && !(await isMended(single)))
      for (let repetition = 1; repetition <= options.repetitions; repetition++)
        for (const hasIndex of inTurn([false, true], repetition)) {
          const mend = await measureMend(single, hasIndex);
          const figures = `${mend.sweptPageMs.toFixed(1)} ms a page, ${mend.store.batchMs.toFixed(1)} ms a batch`;
          tell(`${hasIndex ? "with" : "without"} an index of what is shown: ${figures}`);
          mends.push(mend);
        }
    return { statements, repetitions, mends };
  } finally {
    await partitioned.close();
    await single.close();
  }
}

type Measured = Omit<Repetition, "variant" | "repetition">;

async function measure(contender: Contender, options: Options): Promise<Measured> {
  const steps = new Set(options.steps);
  await warm(contender);
  return {
    ...(steps.has("pages")
      ? { quiet: await measureQuietPages(contender, quietPages), pages: await measurePages(contender, options) }
      : {}),
    ...(steps.has("store") ? { store: await measureStore(contender) } : {}),
  };
}

function formatBriefly({ pages, store }: Measured): string {
  const p99 = pages && percentileOf(together(pages.latencies), 0.99);
  return [
    ...(p99 === undefined ? [] : [`p99 of a page ${p99.toFixed(1)} ms`]),
    ...(store ? [`${store.batchMs.toFixed(1)} ms a batch`] : []),
  ].join(", ");
}

async function judgeBoth(bench: Bench): Promise<Findings["statements"]> {
  const { server, tokens, plans, tell } = bench;
  const statements: Findings["statements"] = {};
  for (const variant of variants) {
    const contender = await openContender(server, variant, bench, planSettings);
    try {
      const judged = await judgeStatements(contender, tokens, plans);
      for (const { name, faults } of judged) if (faults.length > 0) tell(`${variant}, ${name}: ${faults.join("; ")}`);
      tell(`${variant}: ${judged.length} plans judged`);
      statements[variant] = judged;
    } finally {
      await contender.close();
    }
  }
  return statements;
}

/** Every second time the other way round. */
function inTurn<T>(all: readonly T[], repetition: number): T[] {
  return repetition % 2 === 1 ? [...all] : all.toReversed();
}
