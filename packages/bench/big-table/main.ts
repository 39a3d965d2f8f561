// Big tables: two shapes of chat.message filled alike, their plans judged, both measured in turn, then a page of findings.
// It ends with 1 if something is not as wanted.
import { mkdir, writeFile } from "node:fs/promises";
import { openCluster } from "./cluster.ts";
import { parseOptions, usage, type Options } from "./options.ts";
import { createPlanLog } from "./plan-log.ts";
import { formatReport } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { createPlacement } from "./placement.ts";
import { startIssuer } from "@parley/tokens/issuer";
import { fillMissing } from "./tables.ts";

const results = new URL("../results/", import.meta.url);
const startMs = performance.now();
process.setMaxListeners(50); // Every child process listens for our end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const options = readOptions();
const cluster = await openCluster(options.dataDir);
const tokens = await startIssuer(86_400);
const placement = createPlacement(options.spread);
try {
  const filled = await fillMissing(cluster, { rows: options.rows, surroundings: { tokens, placement }, tell });
  const plans = createPlanLog();
  const server = await cluster.startMeasuring({ shared_buffers: options.sharedBuffers }, (line) => plans.read(line));
  try {
    placement.server(server.pid);
    placement.ourselves();
    const found = await runRounds({ server, tokens, placement, plans, options, tell });
    const { markdown, isGood } = formatReport({ filled, ...found }, options, placement);
    await mkdir(results, { recursive: true });
    await writeFile(new URL("big-table.md", results), markdown);
    console.log(`\n${markdown}`);
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await server.stop();
  }
} finally {
  await tokens.close();
  await cluster.remove();
}

function readOptions(): Options {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function tell(line: string): void {
  console.log(`[${((performance.now() - startMs) / 60_000).toFixed(1)} min] ${line}`);
}
