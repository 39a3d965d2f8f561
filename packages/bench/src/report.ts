// Measures to a table: min, median and max, ratios pair by pair within a repetition, and what was wanted.
import { cpus } from "node:os";
import type { IdleMeasure, LoadMeasure } from "./measure.ts";
import type { Options, PeerName } from "./options.ts";
import { scenarios } from "./scenarios.ts";
import { isPinned } from "./cpu.ts";
import type { StoringMeasure } from "./measure-storing.ts";
import { formatStoring } from "./report-storing.ts";
import { formatSpread, formatTable } from "./tables.ts";
import { verdictsOf } from "./verdicts.ts";

export interface Outcome {
  scenario: keyof typeof scenarios;
  peer: PeerName;
  repetition: number;
  load?: LoadMeasure;
  idle?: IdleMeasure;
  storing?: StoringMeasure;
}

/** A generator busier than this was perhaps the limit itself. */
const generatorShareMax = 0.93;

export function formatReport(outcomes: Outcome[], options: Options): { markdown: string; isVoid: boolean } {
  const names = [...new Set(outcomes.map(({ scenario }) => scenario))];
  const faulty = outcomes.filter((outcome) => Object.values(faultsOf(outcome)).some((count) => count > 0));
  const sections = names.map((name) =>
    formatScenario(
      name,
      outcomes.filter(({ scenario }) => scenario === name),
    ),
  );
  const set = Object.entries(options.set).map(([name, value]) => ` With ${name}=${value}.`);
  const conditions =
    `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, Node ${process.versions.node}; ` +
    `${isPinned ? "servers on one core, generator on the other, unless said otherwise" : "servers and generator not pinned"}; ` +
    `${options.repetitions} repetitions of ${options.seconds} s, interleaved; min / median / max.${set.join("")}`;
  const checked = faulty.length === 0 ? "No message was lost, doubled or out of order." : formatFaults(faulty);
  const verdicts = verdictsOf(outcomes);
  return {
    markdown: [
      conditions,
      ...sections,
      ...(verdicts.length > 0 ? [formatTable(["", "Wanted", "Goal", "Must", "Measured", ""], verdicts)] : []),
      checked,
      "",
    ].join("\n\n"),
    isVoid: faulty.length > 0,
  };
}

function faultsOf({ load, storing }: Outcome): Record<string, number> {
  return { ...load?.faults, ...storing?.faults };
}

function formatFaults(faulty: Outcome[]): string {
  const lines = faulty.map(
    (outcome) =>
      `- ${outcome.scenario}, ${outcome.peer}, repetition ${outcome.repetition}: ${JSON.stringify(faultsOf(outcome))}`,
  );
  return `**Void**, because messages were lost, doubled or out of order:\n\n${lines.join("\n")}`;
}

function formatScenario(name: keyof typeof scenarios, outcomes: Outcome[]): string {
  const scenario = scenarios[name];
  const storing = outcomes.flatMap((outcome) => outcome.storing ?? []);
  if (storing.length > 0)
    return `**${name}**: ${scenario.title}\n\n${formatStoring(storing, scenario.kind === "backlog" ? "entries" : "receipts")}`;
  const peers = [...new Set(outcomes.map(({ peer }) => peer))];
  const of = (peer: PeerName) => outcomes.filter((outcome) => outcome.peer === peer);
  const isLatency = outcomes.some(({ load }) => load?.latency !== undefined);
  const isIdle = outcomes.some(({ idle }) => idle !== undefined);
  const [header, row] = isIdle ? idleTable : isLatency ? latencyTable : throughputTable;
  return `**${name}**: ${scenario.title}\n\n${formatTable(
    header,
    peers.map((peer) => [peer, ...row(of(peer))]),
  )}`;
}

type Table = [header: string[], row: (outcomes: Outcome[]) => string[]];

const throughputTable: Table = [
  ["", "deliveries per CPU-second, everything counted", "relay alone", "generator busy"],
  (outcomes) => [
    formatSpread(outcomes.map(({ load }) => load!.perCpuSecond)),
    formatSpread(outcomes.map(({ load }) => load!.perRelayCpuSecond)),
    formatShare(outcomes),
  ],
];

const latencyTable: Table = [
  ["", "p50 ms", "p99 ms", "p99.9 ms", "generator busy"],
  (outcomes) => [
    ...(["p50", "p99", "p999"] as const).map((share) =>
      formatSpread(
        outcomes.map(({ load }) => load!.latency![share]),
        1,
      ),
    ),
    formatShare(outcomes),
  ],
];

const idleTable: Table = [
  ["", "KiB per connection", "connects per CPU-second", "connects per second"],
  (outcomes) => [
    formatSpread(
      outcomes.map(({ idle }) => idle!.kibPerConnection),
      1,
    ),
    formatSpread(outcomes.map(({ idle }) => idle!.connectsPerCpuSecond)),
    formatSpread(outcomes.map(({ idle }) => idle!.connectsPerSecond)),
  ],
];

function formatShare(outcomes: Outcome[]): string {
  const share = Math.max(...outcomes.map(({ load }) => load!.generatorShare));
  return `${Math.round(share * 100)} %${share > generatorShareMax ? " (perhaps the limit)" : ""}`;
}
