// The table of a run, as text and as Markdown.
import { invariants } from "./findings.ts";
import type { Outcome } from "./run-row.ts";

const columns = [
  "fault",
  "repetitions",
  "receipted",
  "lost",
  "doubled",
  "holes",
  "out of order",
  "false receipts",
  "time to normal",
  "remarks",
];

export function formatTable(outcomes: Outcome[]): string {
  const lines = [...Map.groupBy(outcomes, ({ row }) => row.id).values()].map(formatLine);
  return [columns, columns.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function formatLine(outcomes: Outcome[]): string[] {
  const { row } = outcomes[0]!;
  const sum = (pick: (outcome: Outcome) => number) => String(outcomes.reduce((total, one) => total + pick(one), 0));
  const damage = (kind: keyof Outcome["verdict"]["damages"]) => sum(({ verdict }) => verdict.damages[kind]);
  const normal = outcomes.map(({ normalAfterMs }) =>
    normalAfterMs === undefined ? "not seen" : `${(normalAfterMs / 1_000).toFixed(0)} s`,
  );
  const bound = row.normalWithinMs === undefined ? "" : ` (bound ${row.normalWithinMs / 1_000} s)`;
  const remarks = outcomes.flatMap(({ facts, verdict }) => [
    ...verdict.violations.map(({ invariant, what, count }) => `**${invariant}** ${count} × ${what}`),
    ...(verdict.unreceipted > 0 ? [`${verdict.unreceipted} never receipted`] : []),
    ...facts.map(({ text, isMet }) => (isMet === false ? `**missed:** ${text}` : text)),
  ]);
  return [
    `${row.id} ${row.title}`,
    String(outcomes.length),
    sum(({ verdict }) => verdict.receipted),
    damage("lost"),
    damage("doubled"),
    damage("hole"),
    damage("disorder"),
    damage("falseReceipt"),
    normal.join(", ") + bound,
    [...new Set(remarks)].join("; "),
  ];
}

/** All that was found of one repetition, with examples. */
export function formatViolations({ row, verdict }: Outcome): string {
  const { attempts, connections, subscriptions, given, probes } = verdict.seen;
  const seen = `${verdict.receipted} messages in ${attempts} SENDs, ${connections} connections, ${given} MESSAGEs to ${subscriptions} subscriptions, ${probes} probes`;
  if (verdict.violations.length === 0) return `${invariants.join(", ")} hold: ${seen}`;
  return verdict.violations
    .map(
      ({ invariant, what, count, examples }) =>
        `${row.id} ${invariant}: ${count} × ${what}\n    ${examples.join("\n    ")}`,
    )
    .join("\n");
}
