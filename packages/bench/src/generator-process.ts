// The generator as the bench sees it: a process that is given one job and reports step by step.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { spawnOnCores, type Cores } from "./cpu.ts";
import type { Job, Report } from "./generator/job.ts";

export function startGenerator(job: Job, cores: Cores) {
  const child = spawnOnCores(fileURLToPath(new URL("generator/main.ts", import.meta.url)), [], cores);
  const reports: Report[] = [];
  let arrived = Promise.withResolvers<void>();
  const wake = () => {
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  child.on("message", (report: Report) => {
    reports.push(report);
    wake();
  });
  child.on("exit", () => {
    reports.push({ kind: "failed", reason: "the generator has ended" });
    wake();
  });
  void once(child, "spawn").then(() => child.send(job));
  return {
    pid: child.pid!,
    go: () => void child.send("go"),
    async next<K extends Report["kind"]>(kind: K): Promise<Extract<Report, { kind: K }>> {
      while (reports.length === 0) await arrived.promise;
      const report = reports.shift()!;
      if (report.kind === kind) return report as Extract<Report, { kind: K }>;
      child.kill("SIGKILL");
      throw new Error(report.kind === "failed" ? report.reason : `${report.kind} in place of ${kind}`);
    },
  };
}
