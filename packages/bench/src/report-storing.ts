// Measures of storing to two tables: what was reached, and what each process took for it.
import type { StoringMeasure } from "./measure-storing.ts";
import { formatSpread, formatTable } from "./tables.ts";

const generator = "generator";

export function formatStoring(measures: StoringMeasure[], what: "receipts" | "entries"): string {
  return `${formatReached(measures, what)}\n\n${formatCores(measures)}`;
}

function formatReached(measures: StoringMeasure[], what: string): string {
  const latencies = measures.flatMap(({ latency }) => latency ?? []);
  const shares = latencies.length > 0 ? (["p50", "p99", "p999"] as const) : [];
  return formatTable(
    ["", `${what} per second`, ...shares.map((share) => `${share.replace("p999", "p99.9")} ms`), `${what} in all`],
    [
      [
        "parley",
        formatSpread(measures.map(({ perSecond }) => perSecond)),
        ...shares.map((share) =>
          formatSpread(
            latencies.map((latency) => latency[share]),
            1,
          ),
        ),
        formatSpread(measures.map(({ messages }) => messages)),
      ],
    ],
  );
}

/** Of two cores, so that it says what is in the way. */
function formatCores(measures: StoringMeasure[]): string {
  const parts = Object.keys(measures[0]!.cores);
  const servers = parts.filter((part) => part !== generator);
  const row = (name: string, of: string[]) => {
    const shares = measures.map(({ cores }) => of.reduce((sum, part) => sum + cores[part]!, 0));
    const perCpuSecond = measures.map(({ perSecond }, place) => perSecond / shares[place]!);
    return [name, formatSpread(shares, 2), formatSpread(perCpuSecond)];
  };
  return formatTable(
    ["", "core-seconds per second", "messages per CPU-second"],
    [...parts.map((part) => row(part, [part])), row("all servers", servers)],
  );
}
