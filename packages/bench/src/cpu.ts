// What processes cost, from Linux' /proc: CPU time with all their threads and children, and memory. It must not know
// what they do.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** USER_HZ: what /proc counts in (proc(5)). Linux has 100 on every platform that Node runs on. */
const ticksPerSecond = 100;

interface Stat {
  parent: number;
  /** With that of children that have ended and been waited for. */
  cpuSeconds: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold anything: state, parent, … utime, stime, cutime, cstime are 14 to 17.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return undefined; // It has ended.
  }
}

/** CPU time so far of these processes and all below them, kernel time on their behalf included, in seconds. */
export function readCpuSeconds(pids: readonly number[]): number {
  const wanted = new Set(pids);
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const stats = new Map(all.map((name) => [Number(name), readStat(Number(name))]));
  const isBelow = (pid: number): boolean => {
    const parent = stats.get(pid)?.parent;
    return wanted.has(pid) || (parent !== undefined && parent > 1 && isBelow(parent));
  };
  let seconds = 0;
  for (const [pid, stat] of stats) if (stat && isBelow(pid)) seconds += stat.cpuSeconds;
  return seconds;
}

/** Resident memory, in KiB. */
export function readResidentKiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
}

/** Whether servers and generator get a core each. */
export const isPinned = availableParallelism() > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Where a process may run: on one of two cores, or on whichever of them is free. */
export type Cores = 0 | 1 | "both";

/** Puts a process with all its threads, and what it starts from now on, on these cores. */
export function pin(pid: number, cores: Cores): void {
  const list = cores === "both" ? "0,1" : String(cores);
  if (isPinned) execFileSync("taskset", ["-a", "-c", "-p", list, String(pid)], { stdio: "ignore" });
}

/** Runs one of our own files as a process on these cores. */
export function spawnOnCores(
  file: string,
  args: string[],
  cores: Cores,
  env: Record<string, string> = {},
): ChildProcess {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--conditions=development", file, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  if (child.pid !== undefined) pin(child.pid, cores);
  return child;
}
