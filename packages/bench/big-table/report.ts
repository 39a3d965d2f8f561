// What was found to a page that can be put into the docs, and whether it is what was wanted.
import { cpus } from "node:os";
import { percentileOf, spreadOf } from "../src/statistics.ts";
import { formatNumber, formatSpread } from "./markdown.ts";
import type { Latencies, PagesMeasure } from "./measure-pages.ts";
import type { StoreMeasure } from "./measure-store.ts";
import type { MendMeasure } from "./mend.ts";
import type { Options } from "./options.ts";
import type { Placement } from "./placement.ts";
import { formatComparison, formatMend, formatSizes } from "./report-comparison.ts";
import { formatPages } from "./report-pages.ts";
import { formatStatements } from "./report-plans.ts";
import type { JudgedStatement } from "./statements.ts";
import type { Filled } from "./tables.ts";
import { together } from "./together.ts";
import type { Variant } from "./variants.ts";

export interface Repetition {
  variant: Variant;
  repetition: number;
  pages?: PagesMeasure;
  quiet?: Latencies;
  store?: StoreMeasure;
}

export interface Findings {
  filled: Record<Variant, Filled>;
  statements: Partial<Record<Variant, JudgedStatement[]>>;
  repetitions: Repetition[];
  mends: MendMeasure[];
}

const wantedP99Ms = 20;
/** What chat-history has: faults of its plans are ours. */
const kept: Variant = "single";

export function formatReport(
  findings: Findings,
  options: Options,
  placement: Placement,
): { markdown: string; isGood: boolean } {
  const { faults, verdict } = judge(findings);
  const parts = [
    formatConditions(options, placement),
    verdict,
    ...(faults.length > 0 ? [`**Wrong:**\n\n${faults.map((fault) => `- ${fault}`).join("\n")}`] : []),
    ...formatStatements(findings),
    ...formatPages(findings),
    ...formatComparison(findings),
    formatSizes(findings),
    ...formatMend(findings),
    "",
  ];
  return { markdown: parts.join("\n\n"), isGood: faults.length === 0 };
}

/** Judged by the kept variant, as its median repetition has it. */
function judge({ repetitions, statements }: Findings): { faults: string[]; verdict: string } {
  const faults = (statements[kept] ?? []).flatMap(({ name, faults: found }) =>
    found.map((fault) => `${name}: ${fault}`),
  );
  for (const { variant, repetition, pages } of repetitions)
    if (pages && pages.faults.length > 0)
      faults.push(`${variant}, repetition ${repetition}: ${[...new Set(pages.faults)].slice(0, 5).join("; ")}`);
  const own = repetitions.flatMap(({ variant, pages }) => (variant === kept && pages ? [pages] : []));
  const p99s = own.map(({ latencies }) => percentileOf(together(latencies), 0.99));
  if (p99s.length === 0) return { faults, verdict: "Pages beside writes were not measured." };
  const { median } = spreadOf(p99s);
  if (median >= wantedP99Ms) faults.push(`p99 of a page is ${median.toFixed(1)} ms, wanted are ${wantedP99Ms}`);
  const bares = own.map(({ bare }) => percentileOf(bare, 0.99));
  const verdict =
    `Wanted: p99 of a page < ${wantedP99Ms} ms. Measured, pages of all kinds together, ${kept} table: ` +
    `${formatSpread(p99s, 1)} ms, ${median < wantedP99Ms ? "reached" : "**not reached**"}. A request ` +
    `that reads no table took ${formatSpread(bares, 1)} ms in the same time: what waiting for a core costs.`;
  return { faults, verdict };
}

function formatConditions(options: Options, { isPinned }: Placement): string {
  const { rows, pagesPerSecond, writesPerSecond, seconds, warmSeconds, repetitions, sharedBuffers } = options;
  return (
    `A room of ${formatNumber(rows / 10)} messages in a table of ${formatNumber(rows)}; ${pagesPerSecond} pages/s of 50 ` +
    `messages at random moments and places, beside ${formatNumber(writesPerSecond)} messages/s through Redis, chat-history ` +
    `and PostgreSQL (shared_buffers ${sharedBuffers}, else its own settings). ${cpus()[0]?.model.trim() ?? "unknown processor"}, ` +
    `${cpus().length} cores, Node ${process.versions.node}; ` +
    `${isPinned ? "servers on one core, generator on the other" : "servers and generator not pinned"}; ${repetitions} ` +
    `repetitions of ${seconds} s after ${warmSeconds} s, interleaved; least / median / most. Latencies count from the ` +
    `intended moment. Tables and indexes were read before, as far as memory holds them.`
  );
}
