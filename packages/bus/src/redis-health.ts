// Whether this Redis can be used, by looking at it now and then. It must not know what the bus carries.
import type { Redis } from "ioredis";
import type { Ask } from "./redis-ask.ts";
import type { Report } from "./redis-connection.ts";

/** How often Redis is looked at, in milliseconds: what hangs is found within this and the time a command may take. */
const lookMs = 1_000;
/** Oldest major version: since then streams tell how many entries were added, which shows losses. */
const versionMin = 7;
/** How many of a log's blocks are measured; the others count as their average. */
const samples = "5";

export interface RedisHealth {
  /** Why nothing can be sent, or undefined. */
  away(): string | undefined;
  /** Why nothing may be appended although Redis answers, or undefined. */
  unfit(): string | undefined;
  /** Notes that a log's name holds something else; it is looked at until it has gone. */
  suspect(log: string): void;
  /** Octets of a log at the latest look, 0 before the first. From now on it is looked at. */
  logBytes(log: string): number;
  /** Looks at Redis now. Never rejects. */
  look(): Promise<void>;
  close(): void;
}

export interface RedisHealthParts {
  commands: Redis;
  subscriber: Redis;
  /** Over `commands`. */
  ask: Ask;
  report: Report;
}

/** Goes on looking until it is closed. */
export function watchRedis({ commands, subscriber, ask, report }: RedisHealthParts): RedisHealth {
  let reachable = false;
  let versionFault: string | undefined;
  let policyFault: string | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;
  const wrongLogs = new Set<string>();
  const logBytes = new Map<string, number>();

  async function lookAtVersion() {
    const info = await ask("the version", "INFO", "server");
    const [, version = "", major] = /^redis_version:((\d+)\S*)/m.exec(String(info)) ?? [];
    const isOld = Number(major) < versionMin;
    versionFault = isOld ? `Redis is too old: its version is ${version}, not ${versionMin}.0 or later` : undefined;
  }

  /** Any other policy may delete a log to make room (guarantee P-5). */
  async function lookAtPolicy() {
    const answer = await ask("maxmemory-policy", "CONFIG", "GET", "maxmemory-policy");
    const [, policy = "noeviction"] = (answer ?? []) as string[];
    const evicts = policy !== "noeviction";
    policyFault = evicts ? `Redis may evict the log: maxmemory-policy is ${policy}, not noeviction` : undefined;
  }

  async function lookAtBytes(log: string) {
    const bytes = await ask("the size of logs", "MEMORY", "USAGE", log, "SAMPLES", samples);
    logBytes.set(log, Number(bytes ?? 0));
  }

  async function lookAtWrongLogs() {
    for (const log of wrongLogs) {
      const type = await commands.type(log);
      if (type === "stream" || type === "none") wrongLogs.delete(log);
    }
  }

  /**
   * After a failover or a change of addresses the two may end at different servers, and nothing would be heard. Asking
   * also replaces a connection that hangs although nobody sends on it.
   */
  async function lookForTwoServers() {
    const [ours, theirs] = await Promise.all([commands, subscriber].map(runId));
    if (ours === theirs || ours === undefined || theirs === undefined) return;
    report(new Error("the connections lead to different Redis servers: connecting again"));
    commands.disconnect(true);
    subscriber.disconnect(true);
  }

  async function lookOnce() {
    if (commands.status !== "ready") return;
    try {
      await Promise.all([lookAtVersion(), lookAtPolicy(), lookAtWrongLogs(), ...[...logBytes.keys()].map(lookAtBytes)]);
      reachable = true;
    } catch (error) {
      reachable = false;
      if (!closed) report(new Error("Redis gave no answer", { cause: error }));
    }
  }

  /** One look at a time: one that waits for an answer is the latest news. */
  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => (looking = undefined));
    return looking;
  }

  commands.on("close", () => (reachable = false));
  commands.on("ready", () => void look());
  const timer = setInterval(() => {
    void look();
    void lookForTwoServers();
  }, lookMs);

  return {
    away: () => (reachable ? undefined : "Redis is not reachable"),
    unfit: () => {
      const [wrong] = wrongLogs;
      return (
        versionFault ?? policyFault ?? (wrong === undefined ? undefined : `The Redis key ${wrong} is not a stream`)
      );
    },
    suspect: (log) => void wrongLogs.add(log),
    logBytes(log) {
      if (!logBytes.has(log)) logBytes.set(log, 0);
      return logBytes.get(log)!;
    },
    look,
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}

/** Which start of which server a connection leads to; undefined if it has no answer or may not tell. */
async function runId(redis: Redis): Promise<string | undefined> {
  try {
    return /^run_id:(\w+)/m.exec(await redis.info("server"))?.[1];
  } catch {
    return undefined;
  }
}
