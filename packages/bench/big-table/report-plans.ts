// The plans, as a table for each variant.
import { formatNumber, formatTable } from "./markdown.ts";
import type { Findings } from "./report.ts";
import { variants } from "./variants.ts";

export function formatStatements({ statements }: Findings): string[] {
  const header = ["", "by", "rows returned", "messages read", "blocks", "ms", ""];
  return variants.flatMap((variant) => {
    const found = statements[variant];
    if (!found) return [];
    const rows = found.map(({ name, ways, rowsReturned, rowsRead, blocks, tookMs, faults }) => [
      name,
      ways.length > 4 ? `${ways.slice(0, 4).join(", ")}, …` : ways.join(", "),
      formatNumber(rowsReturned),
      formatNumber(rowsRead),
      formatNumber(blocks),
      Number.isNaN(tookMs) ? "–" : formatNumber(tookMs, 1),
      faults.length > 0 ? `**${faults.join("; ")}**` : "",
    ]);
    return [
      `**Plans, ${variant}** (as PostgreSQL ran them, planning not counted; bold: not by index only)\n\n${formatTable(header, rows)}`,
    ];
  });
}
