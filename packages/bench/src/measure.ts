// One contestant, one job, fresh servers: what was delivered, what it cost, and whether anything was wrong.
import { setTimeout as sleep } from "node:timers/promises";
import { readCpuSeconds, readResidentKiB } from "./cpu.ts";
import { startGenerator } from "./generator-process.ts";
import type { Faults } from "./generator/checker.ts";
import type { Idle, Job, Latency, Load } from "./generator/job.ts";
import type { Peer, RunningPeer } from "./peers/peer.ts";

export interface LoadMeasure {
  deliveries: number;
  seconds: number;
  /** From the intended moment of sending to the moment of reading, in milliseconds; open loop only. */
  latency?: Latency;
  /** How busy the generator's core was, 0 to 1. */
  generatorShare: number;
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

/** A job before it is known who is measured. */
export type Wanted<J extends Job> = Omit<J, "ports" | "dialect">;

export async function measureLoad(peer: Peer, servers: number, job: Wanted<Load>): Promise<LoadMeasure> {
  return withServers(peer, servers, async (running) => {
    const generator = startGenerator({ ...job, dialect: peer.dialect, ports: running.ports }, 1);
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
    const { count: deliveries, ...rest } = result;
    return {
      deliveries,
      ...rest,
      faults,
      perRelayCpuSecond: deliveries / relay,
      perCpuSecond: deliveries / (relay + store),
    };
  });
}

export async function measureIdle(peer: Peer, job: Wanted<Idle>): Promise<IdleMeasure> {
  return withServers(peer, 1, async (running) => {
    const generator = startGenerator({ ...job, dialect: peer.dialect, ports: running.ports }, 1);
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
