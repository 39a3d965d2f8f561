// How long pages took beside writes, and what went on there.
import { percentileOf } from "../src/statistics.ts";
import { formatSpread, formatTable } from "./markdown.ts";
import type { PagesMeasure } from "./measure-pages.ts";
import { pageKinds } from "./pages.ts";
import type { Findings } from "./report.ts";
import { together } from "./together.ts";
import { users } from "./usage.ts";
import { variants } from "./variants.ts";

export function formatPages({ repetitions }: Findings): string[] {
  const measured = repetitions.filter(({ pages }) => pages !== undefined);
  if (measured.length === 0) return [];
  const rows = variants.flatMap((variant) => {
    const own = measured.flatMap(({ variant: of, pages }) => (of === variant ? [pages!] : []));
    const shares = (pick: (pages: PagesMeasure) => Float64Array) =>
      [0.5, 0.99, 0.999].map((share) =>
        formatSpread(
          own.map((pages) => percentileOf(pick(pages), share)),
          1,
        ),
      );
    return [
      ...pageKinds.map((kind) => [`${variant}, ${kind}`, ...shares(({ latencies }) => latencies[kind])]),
      [`${variant}, all`, ...shares(({ latencies }) => together(latencies))],
      [`${variant}, for comparison: /health/live`, ...shares(({ bare }) => bare)],
    ];
  });
  const beside = variants.map((variant) => {
    const own = measured.flatMap(({ variant: of, pages }) => (of === variant ? [pages!] : []));
    return [
      variant,
      formatSpread(own.map(({ writesPerSecond }) => writesPerSecond)),
      formatSpread(own.map(({ waitingMax }) => waitingMax)),
      ...users.map((user) => formatSpread(own.map(({ usage }) => usage[user] * 100))),
    ];
  });
  const header = ["", "messages/s", "waiting in the log at most", ...users.map((user) => `${user} %`)];
  return [
    `**Pages beside writes**\n\n${formatTable(["", "p50 ms", "p99 ms", "p99.9 ms"], rows)}`,
    "**Beside them**: how far storing fell behind, and what part of a core each took; others are strangers on the " +
      `machine\n\n${formatTable(header, beside)}`,
  ];
}
