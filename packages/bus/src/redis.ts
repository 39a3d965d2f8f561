// The bus over Redis: its three kinds of connections and what each is for. It must not know what it carries.
import { BusFault, busLimits, type Bus, type BusLimits, type LogReader } from "./bus.ts";
import { createAsk } from "./redis-ask.ts";
import { agree } from "./redis-agree.ts";
import { limitReports, openConnection, whenReady, type Report } from "./redis-connection.ts";
import { isWrongType } from "./redis-fault.ts";
import { watchRedis } from "./redis-health.ts";
import { createLosses, type Losses } from "./redis-losses.ts";
import { appendOnce } from "./redis-once.ts";
import { blockMsMax, createRedisReader } from "./redis-reader.ts";
import { createRemovals, type Removals } from "./redis-removals.ts";
import { createRedisSubscriber } from "./redis-subscriber.ts";
import { createRedisTurns } from "./redis-turns.ts";

export interface RedisBusOptions {
  /** `redis://` or `rediss://`, with user and password if there are any. Redis 7 or later. */
  url: string;
  /** What CLIENT LIST shows of our connections, followed by their kind. Without spaces. */
  clientName?: string;
  limits?: Partial<BusLimits>;
  /** Told of faults that no call reports, at most one a second. */
  onError?: Report;
}

export interface RedisBus extends Bus {
  /** Why this Redis must not be appended to although it answers, in words for whoever can change that. */
  unfit(): string | undefined;
}

/**
 * Resolves when Redis has been reached, or after `commandMs` without it: the bus then goes on trying and `fault` says so.
 *
 * Appends are refused while Redis is older than 7.0 or `maxmemory-policy` is not `noeviction`; where ACLs forbid to look,
 * `onError` is told. Redis out of memory or without a working disk (OOM, MISCONF) refuses appends with BACKLOG_FULL;
 * publications still go. The octets of logs are counted once a second. The key of a call is not used.
 */
export async function createRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const { url, clientName = "parley", onError = () => undefined } = options;
  const { logEntriesMax, logBytesMax, commandMs } = { ...busLimits, ...options.limits };
  const report = limitReports(onError);
  const commands = openConnection(url, `${clientName}:commands`, commandMs, report);
  const subscriber = openConnection(url, `${clientName}:subscriber`, commandMs, report);
  const turns = createRedisTurns(commands, logEntriesMax);
  const topics = createRedisSubscriber(subscriber, report);
  const health = watchRedis({ commands, subscriber, ask: createAsk(commands, onError), report });
  const readers = new Set<LogReader>();
  const removals = new Map<string, Removals>();
  const losses = new Map<string, Losses>();
  let closed = false;

  function refuseIf(reason: string | undefined) {
    if (closed) throw new BusFault("UNREACHABLE", "the bus is closed");
    if (reason !== undefined) throw new BusFault("UNREACHABLE", reason);
  }

  /** Has `health` look after a log whose name holds something else. */
  async function watched<Answer>(log: string, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (isWrongType(error)) health.suspect(log);
      throw error;
    }
  }

  function removalsOf(log: string): Removals {
    const ofLog = removals.get(log) ?? createRemovals();
    removals.set(log, ofLog);
    return ofLog;
  }

  /** One count for all readers: a new one comes after the very fault that may have lost something. */
  function lossesOf(log: string): Losses {
    const ofLog = losses.get(log) ?? createLosses(commands, log, removalsOf(log));
    losses.set(log, ofLog);
    return ofLog;
  }

  async function remove(log: string, ids: string[]) {
    refuseIf(health.away());
    if (ids.length === 0) return;
    const call = turns.command("XDEL", [log, ...ids]); // behind what was published before
    removalsOf(log).add(call, ids.length);
    await watched(log, call);
  }

  function read(log: string): LogReader {
    const redis = openConnection(url, `${clientName}:reader`, blockMsMax + commandMs, report);
    const lossesOfLog = lossesOf(log);
    const lost = async () => {
      refuseIf(health.away());
      return watched(log, lossesOfLog.count());
    };
    const reader = createRedisReader({ redis, log, commandMs, remove: (ids) => remove(log, ids), lost });
    const open: LogReader = {
      ...reader,
      next: (entriesMax, waitMs) => watched(log, reader.next(entriesMax, waitMs)),
      async close() {
        readers.delete(open);
        await reader.close();
      },
    };
    readers.add(open);
    lost().catch(() => undefined); // From here on; without Redis, from the first answer on.
    return open;
  }

  await Promise.all([commands, subscriber].map((redis) => whenReady(redis, commandMs)));
  await health.look();

  function refuseAppend(log: string) {
    refuseIf(health.away() ?? health.unfit());
    if (health.logBytes(log) >= logBytesMax) throw new BusFault("BACKLOG_FULL", `${log} is full`);
  }

  return {
    needsPartitions: false,
    async append(log, _key, payload) {
      refuseAppend(log.name);
      await watched(log.name, turns.send({ log: log.name, topic: log.topic, payload }));
    },
    async appendOnce(log, once, payload) {
      refuseAppend(log.name);
      return watched(log.name, appendOnce(turns, log, once, payload, logEntriesMax));
    },
    async publish(topic, _key, payload) {
      refuseIf(health.away());
      await turns.send({ topic, payload });
    },
    async subscribe(topic, listener) {
      refuseIf(undefined);
      return topics.subscribe(topic, listener);
    },
    read(log) {
      refuseIf(undefined);
      return read(log.name);
    },
    async agree(name, value) {
      refuseIf(health.away());
      return agree(turns, name, value);
    },
    logBytes: (log) => health.logBytes(log.name),
    onGap: (listener) => topics.onGap(listener),
    unfit: () => health.unfit(),
    fault() {
      if (closed) return "The bus is closed";
      return health.away() ?? (topics.standing() ? health.unfit() : "Redis is not reachable");
    },
    async close() {
      closed = true;
      health.close();
      await turns.settle();
      await Promise.all([...readers].map((reader) => reader.close()));
      commands.disconnect();
      subscriber.disconnect();
    },
  };
}
