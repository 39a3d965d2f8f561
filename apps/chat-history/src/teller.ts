// Tells what became of log entries, then removes them: what was stored, and what could not be. It must not know how.
import { BusFault, type Bus, type LogReader } from "@parley/bus";
import { plainChannels, type Channels } from "@parley/contracts";
import type { Log } from "@parley/service";
import { formatDead, formatOutcome, type DeadEntry, type Entry } from "./entries.ts";
import type { Reached } from "./failpoint.ts";
import type { RecorderMetrics } from "./metrics.ts";
import type { roomless, Stored } from "./store/record.ts";

export interface TellerOptions {
  bus: Bus;
  channels: Channels;
  reached: Reached;
  log: Log;
  metrics: RecorderMetrics;
}

export interface Finished {
  entry: Entry;
  stored: Stored | typeof roomless;
}

export interface Teller {
  /** Entries that cannot be stored come last: they must not hold up the others. */
  tell(finished: Finished[], dead: DeadEntry[]): Promise<void>;
}

/** Entries that are remembered while the dead log has no room; the others are found again by the next reader. */
const unburiedMax = 1_000;

type Told = ReturnType<typeof formatOutcome> | NonNullable<ReturnType<typeof formatDead>>;

export function createTeller(reader: LogReader, { bus, channels, reached, log, metrics }: TellerOptions): Teller {
  /** They stay in the log. */
  let unburied: DeadEntry[] = [];

  async function tellFinished(finished: Finished[]) {
    if (finished.length === 0) return;
    const told = finished.map(({ entry, stored }) => formatOutcome(entry.message, stored));
    await publish(told);
    reached("after-publish");
    await reader.remove(finished.map(({ entry }) => entry.id));
    const confirmed = told.filter(({ topic }) => topic === "timestamp").length;
    metrics.entries.inc({ outcome: "confirmed" }, confirmed);
    metrics.entries.inc({ outcome: "rejected" }, told.length - confirmed);
  }

  /** Moves entries to the dead log, with the reason, and tells whoever sent them. */
  async function bury(dead: DeadEntry[]) {
    if (dead.length === 0) return;
    const records = dead.map(({ id, payload, reason }) => JSON.stringify({ id, payload, reason }));
    try {
      await Promise.all(records.map((record) => bus.append({ name: channels.dead }, "", record)));
    } catch (error) {
      if (!(error instanceof BusFault && error.code === "BACKLOG_FULL")) throw error;
      log.error({ err: error, count: dead.length }, "no room in the dead log");
      unburied = dead.slice(0, unburiedMax);
      return;
    }
    unburied = [];
    await publish(dead.map(formatDead).filter((told) => told !== undefined));
    await reader.remove(dead.map((entry) => entry.id));
    metrics.entries.inc({ outcome: "dead" }, dead.length);
    log.error({ count: dead.length, reason: dead[0]?.reason }, "entries moved to the dead log");
  }

  async function publish(told: Told[]) {
    await Promise.all(
      told.map(({ topic, payload, roomId, isAdopted }) => {
        if (isAdopted && channels[topic] !== plainChannels[topic]) tellOlder(plainChannels[topic], roomId, payload);
        return bus.publish(channels[topic], roomId, payload);
      }),
    );
  }

  /** Of a Cluster another node than the partition's may be away. That must not hold up the partition. */
  function tellOlder(topic: string, roomId: string, payload: string) {
    bus.publish(topic, roomId, payload).catch((error: unknown) => log.warn({ err: error }, "older services miss this"));
  }

  return {
    async tell(finished, dead) {
      await tellFinished(finished);
      await bury([...unburied, ...dead]);
    },
  };
}
