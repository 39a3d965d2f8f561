// Figures as people read them. It must not know what they stand for.
import { spreadOf } from "../src/statistics.ts";

export function formatTable(header: string[], rows: string[][]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function formatNumber(value: number, digits = 0): string {
  return value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Least / median / most. */
export function formatSpread(values: number[], digits = 0): string {
  const { min, median, max } = spreadOf(values);
  return [min, median, max].map((value) => formatNumber(value, digits)).join(" / ");
}

export function formatMiB(bytes: number): string {
  return formatNumber(bytes / 1_048_576);
}
