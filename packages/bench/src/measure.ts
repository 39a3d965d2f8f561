// One contestant, one job, fresh servers: what was delivered, what it cost, and whether anything was wrong.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readCpuSeconds, readResidentKiB, spawnOnCore } from "./cpu.ts";
import type { Faults } from "./generator/checker.ts";
import type { Idle, Job, Load, LoadResult, Report } from "./generator/job.ts";
import type { Peer, RunningPeer } from "./peers/peer.ts";

export interface LoadMeasure extends LoadResult {
  faults: Faults;
  /** Deliveries per CPU-second of what relays, and of everything that takes part. */
  perRelayCpuSecond: number;
  perCpuSecond: number;
}

export interface IdleMeasure {
  /** Resident memory of the server per connection. */
  kibPerConnection: number;
  connectsPerSecond: number;
  /** Per second of the server's own CPU time. */
  connectsPerCpuSecond: number;
}

/** How long memory may settle once all connections stand. */
const settleMs = 3_000;

type Wanted<J extends Job> = Omit<J, "ports" | "dialect">;

export async function measureLoad(peer: Peer, servers: number, job: Wanted<Load>): Promise<LoadMeasure> {
  return withServers(peer, servers, async (running) => {
    const generator = startGenerator({ ...job, dialect: peer.dialect, ports: running.ports });
    const readCpu = () => [readCpuSeconds(running.relayPids), readCpuSeconds(running.storePids)] as const;
    await generator.next("ready");
    generator.go();
    await generator.next("measuring");
    const before = readCpu();
    const { result } = await generator.next("measured");
    const after = readCpu();
    const { faults } = await generator.next("checked");
    const relay = after[0] - before[0];
    const store = after[1] - before[1];
    return {
      ...result,
      faults,
      perRelayCpuSecond: result.deliveries / relay,
      perCpuSecond: result.deliveries / (relay + store),
    };
  });
}

export async function measureIdle(peer: Peer, job: Wanted<Idle>): Promise<IdleMeasure> {
  return withServers(peer, 1, async (running) => {
    const generator = startGenerator({ ...job, dialect: peer.dialect, ports: running.ports });
    await generator.next("ready");
    const kibBefore = readResidentKiB(running.serverPid);
    const cpuBefore = readCpuSeconds([running.serverPid]);
    generator.go();
    const { seconds } = await generator.next("opened");
    const cpuSeconds = readCpuSeconds([running.serverPid]) - cpuBefore;
    await sleep(settleMs);
    const kib = readResidentKiB(running.serverPid) - kibBefore;
    generator.go();
    const { connections } = job;
    return {
      kibPerConnection: kib / connections,
      connectsPerSecond: connections / seconds,
      connectsPerCpuSecond: connections / cpuSeconds,
    };
  });
}

async function withServers<T>(peer: Peer, servers: number, act: (running: RunningPeer) => Promise<T>): Promise<T> {
  const running = await peer.start(servers);
  try {
    return await act(running);
  } finally {
    await running.stop();
  }
}

function startGenerator(job: Job) {
  const child = spawnOnCore(fileURLToPath(new URL("generator/main.ts", import.meta.url)), [], 1);
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
