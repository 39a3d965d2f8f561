// A process and its descendants, and what the kernel says of them.
import { readdir, readFile } from "node:fs/promises";

/** The process and all that descend from it. */
async function treeOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    parents.set(Number(name), parent);
  }
  const tree = [pid];
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child);
  return tree;
}

export async function signalTree(pid: number, signal: NodeJS.Signals): Promise<void> {
  for (const member of await treeOf(pid)) {
    try {
      process.kill(member, signal);
    } catch {} // It has just ended.
  }
}

export interface Usage {
  pid: number;
  residentMiB: number;
  descriptors: number;
}

/** Undefined once it is gone. */
export async function readUsage(pid: number): Promise<Usage | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const descriptors = await readdir(`/proc/${pid}/fd`);
    return { pid, residentMiB: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024, descriptors: descriptors.length };
  } catch {
    return undefined;
  }
}
