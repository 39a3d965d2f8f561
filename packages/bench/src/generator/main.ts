// The generator as a process of its own, so that its cost is not the servers': takes one job, reports, ends.
import { once } from "node:events";
import type { Job, Report } from "./job.ts";
import { runIdle } from "./idle.ts";
import { runLoad } from "./load.ts";
import { runSending } from "./sending.ts";

function report(what: Report): void {
  process.send?.(what);
}

/** Waits until the bench has read its clocks. */
async function go(): Promise<void> {
  await once(process, "message");
}

const [job] = (await once(process, "message")) as [Job];
try {
  if (job.kind === "load") await runLoad(job, report, go);
  else if (job.kind === "sending") await runSending(job, report, go);
  else await runIdle(job, report, go);
} catch (error) {
  report({ kind: "failed", reason: String(error) });
}
process.disconnect();
process.exit(0);
