// The variants side by side, and the table with and without one more index: ratios, pair by pair within a repetition.
import { percentileOf } from "../src/statistics.ts";
import { formatMiB, formatNumber, formatSpread, formatTable } from "./markdown.ts";
import type { Latencies } from "./measure-pages.ts";
import type { MendMeasure } from "./mend.ts";
import type { Findings, Repetition } from "./report.ts";
import { together } from "./together.ts";
import { variants, type Variant } from "./variants.ts";

export function formatComparison({ repetitions }: Findings): string[] {
  type Read = (repetition: Repetition) => number | undefined;
  const quiet = (share: number) => (latencies?: Latencies) => latencies && percentileOf(together(latencies), share);
  const figures: [string, Read, number][] = [
    ["page beside writes, p50 ms", ({ pages }) => quiet(0.5)(pages?.latencies), 2],
    ["page beside writes, p99 ms", ({ pages }) => quiet(0.99)(pages?.latencies), 1],
    ["page alone, p50 ms", ({ quiet: latencies }) => quiet(0.5)(latencies), 2],
    ["page alone, p99 ms", ({ quiet: latencies }) => quiet(0.99)(latencies), 1],
    ["1,000 messages stored, ms", ({ store }) => store?.batchMs, 1],
    ["1,000 messages stored, PostgreSQL's CPU ms", ({ store }) => store?.postgresCpuMs, 1],
    ["messages/s drained", ({ store }) => store?.messagesPerSecond, 0],
  ];
  const rows = figures.flatMap(([name, read, digits]) => {
    const [single, partitioned] = variants.map((variant) =>
      repetitions.filter((repetition) => repetition.variant === variant).map(read),
    );
    const pairs = single!.flatMap((one, n) =>
      one === undefined || partitioned![n] === undefined ? [] : [[one, partitioned![n]] as const],
    );
    if (pairs.length === 0) return [];
    const columns = [
      formatSpread(
        pairs.map(([one]) => one),
        digits,
      ),
      formatSpread(
        pairs.map(([, other]) => other),
        digits,
      ),
      formatSpread(
        pairs.map(([one, other]) => other / one),
        2,
      ),
    ];
    return [[name, ...columns]];
  });
  if (rows.length === 0) return [];
  const header = ["", "single", "partitioned", "partitioned ÷ single"];
  return [`**One table, or 16 by hash of the room**, ratios within a repetition\n\n${formatTable(header, rows)}`];
}

export function formatSizes({ filled }: Findings): string {
  const names = filled.single.sizes.map(({ name }) => name);
  const bytes = (variant: Variant, name: string) =>
    filled[variant].sizes.find((size) => size.name === name)?.bytes ?? 0;
  const total = (variant: Variant) => filled[variant].sizes.reduce((sum, size) => sum + size.bytes, 0);
  const ratio = (one: number, other: number) => formatNumber(other / one, 2);
  const row = (name: string, one: number, other: number, format: (value: number) => string) => [
    name,
    format(one),
    format(other),
    ratio(one, other),
  ];
  const rows = [
    ...names.map((name) => row(`${name}, MiB`, bytes("single", name), bytes("partitioned", name), formatMiB)),
    row("all, MiB", total("single"), total("partitioned"), formatMiB),
    row("filling, s", filled.single.insertSeconds, filled.partitioned.insertSeconds, formatNumber),
    row("making the keys, s", filled.single.keySeconds, filled.partitioned.keySeconds, formatNumber),
  ];
  return `**Sizes after filling, and filling itself** (once each)\n\n${formatTable(["", "single", "partitioned", "ratio"], rows)}`;
}

export function formatMend({ mends }: Findings): string[] {
  if (mends.length === 0) return [];
  const of = (hasIndex: boolean) => mends.filter((mend) => mend.hasIndex === hasIndex);
  const row = (name: string, read: (mend: MendMeasure) => number, digits: number) => {
    const [without, having] = [of(false).map(read), of(true).map(read)];
    const ratios = without.map((one, n) => having[n]! / one);
    return [name, formatSpread(without, digits), formatSpread(having, digits), formatSpread(ratios, 2)];
  };
  const rows = [
    row("page behind the deleted ones, ms", ({ sweptPageMs }) => sweptPageMs, 1),
    row("1,000 messages stored, ms", ({ store }) => store.batchMs, 1),
    row("1,000 messages stored, PostgreSQL's CPU ms", ({ store }) => store.postgresCpuMs, 1),
  ];
  const mebibytes = formatMiB(Math.max(...mends.map(({ indexBytes }) => indexBytes)));
  return [
    `**An index of messages that are not deleted** (\`(room_id, seq) WHERE NOT is_deleted\`, ${mebibytes} MiB), single ` +
      `table\n\n${formatTable(["", "without", "with", "with ÷ without"], rows)}`,
  ];
}
