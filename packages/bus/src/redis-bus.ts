// The bus over the places of Redis, one or many. It must not know what it carries, nor where the places are.
import { BusFault, type Bus, type BusLimits } from "./bus.ts";
import { agree } from "./redis-agree.ts";
import { createRedisLogs } from "./redis-logs.ts";
import { appendOnce } from "./redis-once.ts";
import type { Place, RedisPlaces } from "./redis-places.ts";

export interface RedisBus extends Bus {
  /** Why this Redis must not be appended to although it answers, in words for whoever can change that. */
  unfit(): string | undefined;
}

export function createBusOn(places: RedisPlaces, { logEntriesMax, logBytesMax, commandMs }: BusLimits): RedisBus {
  const logs = createRedisLogs(places, commandMs);
  let closed = false;

  const unfit = (name?: string) => places.unfit(name) ?? logs.unfit(name);

  function refuseIfClosed() {
    if (closed) throw new BusFault("UNREACHABLE", "the bus is closed");
  }

  /** @param others what the same call names besides the log */
  function placeOfAppend(log: string, others: (string | undefined)[]): Place {
    refuseIfClosed();
    const place = places.placeOf(log, ...others.filter((name) => name !== undefined));
    const reason = unfit(log);
    if (reason !== undefined) throw new BusFault("UNREACHABLE", reason);
    if (logs.bytes(log) >= logBytesMax) throw new BusFault("BACKLOG_FULL", `${log} is full`);
    return place;
  }

  return {
    needsPartitions: places.needsPartitions,
    async append({ name, topic }, _key, payload) {
      const { server, lane } = placeOfAppend(name, [topic]);
      await logs.watched(name, server.turns.send({ log: name, topic, payload }, lane));
    },
    async appendOnce(log, once, payload) {
      const { server, lane } = placeOfAppend(log.name, [once.key, log.topic]);
      const done = appendOnce({ turns: server.turns, lane, logEntriesMax }, log, once, payload);
      return logs.watched(log.name, done);
    },
    async publish(topic, _key, payload) {
      refuseIfClosed();
      const { server, lane } = places.placeOf(topic);
      await server.turns.send({ topic, payload }, lane).catch((error: unknown) => {
        places.failed(topic, error);
        throw error;
      });
    },
    async subscribe(topic, listener) {
      refuseIfClosed();
      return places.subscribe(topic, listener);
    },
    read(log) {
      refuseIfClosed();
      return logs.read(log.name);
    },
    async agree(name, value) {
      refuseIfClosed();
      return agree(places.placeOf(name).server.turns, name, value).catch((error: unknown) => {
        places.failed(name, error);
        throw error;
      });
    },
    logBytes: (log) => logs.bytes(log.name),
    onGap: (listener) => places.onGap(listener),
    unfit: () => unfit(),
    fault(name) {
      if (closed) return "The bus is closed";
      return places.away(name) ?? unfit(name);
    },
    async close() {
      closed = true;
      await logs.close();
      await places.close();
    },
  };
}
