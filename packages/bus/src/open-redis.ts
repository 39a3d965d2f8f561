// Opens the bus of a service that starts, and refuses a Redis that cannot be used. It must not know which service.
import { redisUrl as variable, serverStartFault, splitUrls, type Log } from "@parley/service";
import type { Bus, BusLimits } from "./bus.ts";
import { createRedisBus } from "./redis.ts";

/** @throws StartFault, also without an answer within `commandMs`. Once open, the bus outlives Redis' absences. */
export async function openRedisBus(url: string, log: Log, limits: Partial<BusLimits> = {}): Promise<Bus> {
  const bus = await createRedisBus({ url, limits, onError: (error) => log.warn({ err: error }, "redis") });
  const [fault, unfit] = [bus.fault(), bus.unfit()];
  if (fault === undefined) return bus;
  await bus.close();
  const { name } = variable;
  const [first] = splitUrls(url); // The fault names the node of a Cluster itself.
  throw fault === unfit
    ? serverStartFault("CONFIG", name, first, `${fault}; change that, or ${name}.`)
    : serverStartFault("UNAVAILABLE", name, first, `${fault}; is ${name} right?`);
}
