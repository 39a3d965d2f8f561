// A busy room for those who read slowly, and how many connections gateways have.
import type { Load } from "./load.ts";
import type { Supervised } from "./supervised.ts";

const tickMs = 20;

/** More messages for one room, beside the load. */
export function startFlood(load: Load, roomId: string, perSecond: number) {
  const timer = setInterval(() => {
    for (let left = (perSecond * tickMs) / 1_000; left >= 1; left--) load.send(roomId);
  }, tickMs);
  return { stop: () => clearInterval(timer) };
}

/** Open connections of these gateways together. */
export async function readSessions(gateways: Supervised[]): Promise<number> {
  const counts = await Promise.all(gateways.map((gateway) => gateway.readMetric("sessions")));
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
