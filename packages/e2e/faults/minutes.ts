// What each minute of a long run was like: memory and descriptors of every process, and the log.
import { readUsages, type Usages } from "./resources.ts";
import { startSampling } from "./sampling.ts";
import type { Stack } from "./stack.ts";

export interface Minute {
  /** From the beginning of the run to the middle of the minute. */
  hours: number;
  /** The least of each process, by its name: what stays when garbage has gone. */
  residentMiB: Map<string, number>;
  /** The least number of entries in the log. */
  logLeast: number;
}

const everyMs = 250;
const minuteMs = 60_000;

interface Look {
  atMs: number;
  logLength: number;
  usages: Usages;
}

/** @returns how to stop; the whole minutes of the run */
export function watchMinutes(stack: Stack, told: (minute: Minute) => void): () => Promise<Minute[]> {
  const startMs = performance.now();
  const minutes: Minute[] = [];
  let looks: Look[] = [];
  const stop = startSampling(everyMs, async () => {
    const logLength = await stack.redisClient.xlen("chat-message:log").catch(() => NaN);
    looks.push({ atMs: performance.now(), logLength, usages: await readUsages(stack) });
    if (performance.now() < startMs + (minutes.length + 1) * minuteMs) return;
    const minute = summarise(looks, (minutes.length + 0.5) / 60);
    looks = [];
    minutes.push(minute);
    told(minute);
  });
  return async () => {
    await stop();
    return minutes;
  };
}

function summarise(looks: Look[], hours: number): Minute {
  const names = new Set(looks.flatMap(({ usages }) => [...usages.keys()]));
  const least = (name: string) => Math.min(...looks.map(({ usages }) => usages.get(name)?.residentMiB ?? Infinity));
  return {
    hours,
    residentMiB: new Map([...names].map((name) => [name, least(name)])),
    logLeast: Math.min(...looks.map(({ logLength }) => logLength)),
  };
}
