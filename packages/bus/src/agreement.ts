// The number of partitions, which all processes on a bus must share. It must not know what is spread over them.
import { ConfigFault, StartFault, type Log } from "@parley/service";
import { BusFault, type Bus } from "./bus.ts";

export interface Partitioned {
  partitions: number;
  /** Under which the bus keeps the number. */
  key: string;
  /** The variable that sets it, for whoever must change it. */
  variable: string;
}

export interface Agreement {
  /** Whether others have come to agree on another number: a bus that lost everything was asked by them first. */
  readonly isBroken: boolean;
}

/**
 * Asks again after every gap, for the bus may have forgotten it.
 * @throws StartFault when the others agree on another number, when the bus needs partitions or is away
 */
export async function agreeOnPartitions(bus: Bus, options: Partitioned, log: Log): Promise<Agreement> {
  const { key, variable, partitions } = options;
  const value = String(partitions);
  const faultOf = (kept: string) =>
    `${variable} is ${value} here and ${kept} in the other services on this bus; give all of them the same. To change ` +
    `it: stop all of them once the logs are empty, then delete the key ${key}.`;
  if (bus.needsPartitions && partitions === 1)
    throw new ConfigFault(`${variable} is 1: a Redis Cluster needs 2 or more, which it spreads over its nodes.`);
  const kept = await bus.agree(key, value).catch((error: unknown) => {
    throw error instanceof BusFault ? new StartFault("UNAVAILABLE", `${key}: ${error.message}`) : error;
  });
  if (kept !== value) throw new ConfigFault(faultOf(kept));

  let isBroken = false;
  bus.onGap(async () => {
    const keptNow = await bus.agree(key, value).catch(() => value); // Asked again after the next gap.
    isBroken = keptNow !== value;
    if (isBroken) log.error(faultOf(keptNow));
  });
  return {
    get isBroken() {
      return isBroken;
    },
  };
}
