// What a run may not leave behind (I-12): entries in the log, memory, descriptors.
import { setTimeout as sleep } from "node:timers/promises";
import { collectGarbage } from "./inspector.ts";
import { readUsage, type Usage } from "./process-tree.ts";
import type { Stack } from "./stack.ts";

export type Usages = Map<string, Usage>;

const residentFactorMax = 1.2;
/** A heap of this size comes and goes with the garbage collector. */
const residentMiBMore = 40;
const descriptorsMore = 20;
const emptyMsMax = 60_000;

export async function readUsages({ services }: Stack): Promise<Usages> {
  const usages: Usages = new Map();
  for (const { name, pid } of services) {
    const usage = await readUsage(pid);
    if (usage) usages.set(name, usage);
  }
  return usages;
}

/** The entries that are left in the log once it had its time. */
export async function untilLogEmpty(stack: Stack): Promise<number> {
  let left = NaN;
  for (const endMs = performance.now() + emptyMsMax; left !== 0 && performance.now() < endMs; await sleep(200))
    left = await stack.logLength().catch(() => NaN);
  return left;
}

/**
 * Sentences about what some time without load has not brought back: descriptors against `idle`, before the load; memory
 * against `loaded`, before the fault. Processes that were started meanwhile begin with another memory.
 */
export async function untilBack(stack: Stack, idle: Usages, loaded: Usages, msMax: number): Promise<string[]> {
  await Promise.all(stack.services.map((service) => collectGarbage(service)));
  for (const endMs = performance.now() + msMax; ; await sleep(500)) {
    const told = [...(await readUsages(stack))].flatMap(([name, usage]) =>
      compare(name, usage, idle.get(name), loaded.get(name)),
    );
    if (told.length === 0 || performance.now() > endMs) return told;
  }
}

function compare(name: string, { pid, descriptors, residentMiB }: Usage, idle?: Usage, loaded?: Usage): string[] {
  const told: string[] = [];
  if (idle && descriptors > idle.descriptors + descriptorsMore)
    told.push(`I-12: descriptors of ${name} ${idle.descriptors} → ${descriptors}`);
  if (loaded?.pid === pid && residentMiB > loaded.residentMiB * residentFactorMax + residentMiBMore)
    told.push(`I-12: memory of ${name} ${loaded.residentMiB.toFixed(0)} → ${residentMiB.toFixed(0)} MiB`);
  return told;
}
