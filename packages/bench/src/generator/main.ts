// The generator as a process of its own, so that its cost is not the servers': takes one job, reports, ends.
import { once } from "node:events";
import type { Job, Report } from "./job.ts";
import { runIdle } from "./idle.ts";
import { runLoad } from "./load.ts";

function report(what: Report): void {
  process.send?.(what);
}

/** Waits until the bench has read its clocks. */
async function go(): Promise<void> {
  await once(process, "message");
}

const [job] = (await once(process, "message")) as [Job];
try {
  await (job.kind === "load" ? runLoad(job, report, go) : runIdle(job, report, go));
} catch (error) {
  report({ kind: "failed", reason: String(error) });
}
process.disconnect();
process.exit(0);
