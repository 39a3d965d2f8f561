// How busy the event loops of services are, second by second.
import { evaluateInside } from "./inspector.ts";
import { startSampling } from "./sampling.ts";
import type { Supervised } from "./supervised.ts";

/** Times since the loop began, in milliseconds; `atMs` by our clock. */
export interface LoopReading {
  atMs: number;
  idle: number;
  active: number;
}

const everyMs = 1_000;
const expression = "(({ idle, active }) => ({ idle, active }))(performance.eventLoopUtilization())";

/** @returns how to stop; for each service the longest time without a break that its loop was busier, in seconds */
export function watchLoops(services: Supervised[], share: number): () => Promise<number[]> {
  const stops = services.map((service) =>
    startSampling(everyMs, async () => {
      // A service that is away tells nothing.
      const read = await evaluateInside<Omit<LoopReading, "atMs">>(service, expression).catch(() => undefined);
      return read ? [{ atMs: performance.now(), ...read }] : [];
    }),
  );
  return () => Promise.all(stops.map(async (stop) => longestBusyS((await stop()).flat(), share)));
}

/** The longest row of intervals in each of which more than the share was active, in seconds. */
export function longestBusyS(readings: LoopReading[], share: number): number {
  let longestMs = 0;
  let sinceMs: number | undefined;
  for (let at = 1; at < readings.length; at++) {
    const [from, to] = [readings[at - 1]!, readings[at]!];
    const [idle, active] = [to.idle - from.idle, to.active - from.active];
    const isBusy = active / (idle + active) > share;
    sinceMs = isBusy ? (sinceMs ?? from.atMs) : undefined;
    if (sinceMs !== undefined) longestMs = Math.max(longestMs, to.atMs - sinceMs);
  }
  return longestMs / 1_000;
}
