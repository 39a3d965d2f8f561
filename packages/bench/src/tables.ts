// Figures as text: spreads, and tables in Markdown. It must not know what they mean.
import { spreadOf } from "./statistics.ts";

/** @param values at least one */
export function formatSpread(values: readonly number[], digits = 0): string {
  const { min, median, max } = spreadOf(values);
  const format = (value: number) =>
    value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${format(min)} / ${format(median)} / ${format(max)}`;
}

export function formatTable(header: string[], rows: string[][]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
