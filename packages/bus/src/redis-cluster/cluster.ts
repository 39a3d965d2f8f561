// The places of a Redis Cluster: a name is at the master of its slot, whoever that is. It must not know what is sent.
import { BusFault } from "../bus.ts";
import { whenReady } from "../redis-connection.ts";
import type { ConnectionOptions, RedisPlaces } from "../redis-places.ts";
import { createLines, type SlotLine } from "./lines.ts";
import { createServers, titleOf } from "./servers.ts";
import { laneOf } from "./slots.ts";
import { createSlotSubscribers } from "./subscribers.ts";
import { createTopology } from "./topology.ts";
import { createUnsettled } from "./unsettled.ts";

/** Resolves when the masters have been reached, or after `commandMs` without some of them. */
export async function openRedisCluster(urls: [string, ...string[]], options: ConnectionOptions): Promise<RedisPlaces> {
  const { clientName, commandMs, report } = options;
  const [url] = urls;
  const topology = createTopology({ urls, clientName, report, nodes: () => servers.nodes(), onAnswer, isTroubled });
  const servers = createServers(url, options, () => topology.hurry());
  const lines = createLines(url, (slot) => topology.ownerOf(slot), report);
  const onLoss = () => topology.hurry();
  const subscribers = createSlotSubscribers({ lines, clientName, commandMs, report, onLoss });
  const unsettled = createUnsettled((name) => serverOf(laneOf(name).slot));
  /** Slots to which something was sent. */
  const sentTo = new Set<number>();
  const readers = new Set<SlotLine>();

  const serverOf = (slot: number) => servers.of(topology.ownerOf(slot));

  function onAnswer() {
    servers.keep(topology.owners());
    lines.follow();
    for (const { health } of servers.all()) if (health.away() !== undefined) void health.look();
    void unsettled.look();
  }

  function isTroubled(): boolean {
    const isAway = servers.all().some(({ health }) => health.away() !== undefined);
    return isAway || unsettled.slots().length > 0 || !subscribers.standing();
  }

  /** Why nothing can be sent to a slot. */
  function awayForSending(slot: number): string | undefined {
    const server = serverOf(slot);
    if (server) return server.health.away();
    return topology.fault() ?? `No node of the Redis Cluster has slot ${slot}`;
  }

  function away(slot: number): string | undefined {
    const reason = awayForSending(slot);
    if (reason !== undefined) return reason;
    if (unsettled.has(slot)) return `The Redis Cluster is moving slot ${slot}`;
    return subscribers.standing(slot) ? undefined : `${titleOf(topology.ownerOf(slot)!)} is not being listened to`;
  }

  function slotsInUse(): Set<number> {
    return new Set([...subscribers.slots(), ...[...readers].map(({ slot }) => slot), ...sentTo]);
  }

  function firstOf(reasons: Iterable<string | undefined>): string | undefined {
    for (const reason of reasons) if (reason !== undefined) return reason;
    return undefined;
  }

  function failed(name: string, error: unknown) {
    if (unsettled.note(name, error)) topology.hurry();
  }

  await topology.start(commandMs);
  await Promise.all(
    servers.all().map(async ({ commands, health }) => {
      await whenReady(commands, commandMs);
      await health.look();
    }),
  );

  return {
    needsPartitions: true,
    placeOf(name, ...others) {
      const lane = laneOf(name);
      const stranger = others.find((other) => laneOf(other) !== lane);
      if (stranger !== undefined) {
        throw new Error(
          `${name} and ${stranger} need the same hash tag: a Redis Cluster keeps them in different slots`,
        );
      }
      const { slot } = lane;
      sentTo.add(slot);
      const reason = awayForSending(slot);
      if (reason !== undefined) throw new BusFault("UNREACHABLE", reason);
      return { server: serverOf(slot)!, origin: topology.ownerOf(slot)!.key, lane };
    },
    serverOf: (name) => serverOf(laneOf(name).slot),
    areTogether: (name, other) => laneOf(name).slot === laneOf(other).slot,
    openReader(log, answerMs) {
      const line = lines.open(laneOf(log).slot, `${clientName}:reader`, answerMs);
      readers.add(line);
      return {
        ...line,
        close() {
          readers.delete(line);
          line.close();
        },
      };
    },
    async subscribe(topic, listener) {
      const reason = awayForSending(laneOf(topic).slot);
      if (reason !== undefined) throw new BusFault("UNREACHABLE", reason);
      return subscribers.subscribe(topic, listener).catch((error: unknown) => {
        failed(topic, error);
        throw error;
      });
    },
    onGap: (listener) => subscribers.onGap(listener),
    failed,
    away: (name) =>
      name === undefined ? (topology.fault() ?? firstOf([...slotsInUse()].map(away))) : away(laneOf(name).slot),
    unfit: (name) =>
      name === undefined
        ? firstOf(servers.all().map(({ health }) => health.unfit()))
        : serverOf(laneOf(name).slot)?.health.unfit(),
    async close() {
      topology.close();
      await servers.close();
      subscribers.close();
    },
  };
}
