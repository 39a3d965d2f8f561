// What part of a core each process takes while something is measured, strangers on this machine included: with many of
// them, latencies say little.
import { readFileSync } from "node:fs";
import { readCpuSeconds } from "../src/cpu.ts";
import type { Contender } from "./contender.ts";

export const users = ["history", "postgres", "redis", "bench", "others"] as const;
/** In cores. */
export type Usage = Record<(typeof users)[number], number>;

const ticksPerSecond = 100;

/** @returns to be called at the end */
export function startUsage(contender: Contender): () => Usage {
  const before = read(contender);
  const startMs = performance.now();
  return () => {
    const seconds = (performance.now() - startMs) / 1_000;
    const after = read(contender);
    const cores = (name: keyof typeof before) => (after[name] - before[name]) / seconds;
    const own = {
      history: cores("history"),
      postgres: cores("postgres"),
      redis: cores("redis"),
      bench: cores("bench"),
    };
    const sum = own.history + own.postgres + own.redis + own.bench;
    return { ...own, others: Math.max(0, cores("machine") - sum) };
  };
}

function read({ pids }: Contender) {
  const { user, system } = process.cpuUsage();
  return {
    history: readCpuSeconds([pids.history]),
    postgres: readCpuSeconds([pids.postgres]),
    redis: readCpuSeconds([pids.redis]),
    bench: (user + system) / 1e6,
    machine: readBusySeconds(),
  };
}

/** All cores together (proc(5), the first line of stat): all but idle and waiting for disks. */
function readBusySeconds(): number {
  const ticks = readFileSync("/proc/stat", "latin1").split("\n", 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, value, place) => (place === 3 || place === 4 ? sum : sum + value), 0) / ticksPerSecond;
}
