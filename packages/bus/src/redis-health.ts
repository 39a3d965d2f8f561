// Whether this Redis can be used, by looking at it now and then. It must not know what the bus carries.
import type { Redis } from "ioredis";
import { isForbidden } from "./redis-fault.ts";
import type { Report } from "./redis-connection.ts";

/** How often Redis is looked at, in milliseconds: what hangs is found within this and the time a command may take. */
const lookMs = 1_000;

export interface RedisHealth {
  /** Why nothing can be sent, or undefined. */
  away(): string | undefined;
  /** Why nothing may be appended although Redis answers, or undefined. */
  unfit(): string | undefined;
  /** Notes that a log's name holds something else; it is looked at until it has gone. */
  suspect(log: string): void;
  /** Looks at Redis now. Never rejects. */
  look(): Promise<void>;
  close(): void;
}

/** Goes on looking until it is closed. */
export function watchRedis(commands: Redis, subscriber: Redis, report: Report): RedisHealth {
  let reachable = false;
  let policyFault: string | undefined;
  let configForbidden = false;
  let looking: Promise<void> | undefined;
  let closed = false;
  const wrongLogs = new Set<string>();

  /** Any other policy may delete a log to make room (guarantee P-5). Where CONFIG is forbidden nobody can tell. */
  async function lookAtPolicy() {
    if (configForbidden) return;
    try {
      const [, policy] = (await commands.call("CONFIG", "GET", "maxmemory-policy")) as string[];
      const evicts = policy !== undefined && policy !== "noeviction";
      policyFault = evicts ? `Redis may evict the log: maxmemory-policy is ${policy}, not noeviction` : undefined;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      configForbidden = true;
      report(new Error("maxmemory-policy is not checked: CONFIG GET is forbidden"));
    }
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
      await lookAtPolicy();
      await lookAtWrongLogs();
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

  commands.on("close", () => {
    reachable = false;
    configForbidden = false;
  });
  commands.on("ready", () => void look());
  const timer = setInterval(() => {
    void look();
    void lookForTwoServers();
  }, lookMs);

  return {
    away: () => (reachable ? undefined : "Redis is not reachable"),
    unfit: () => {
      const [wrong] = wrongLogs;
      return policyFault ?? (wrong === undefined ? undefined : `The Redis key ${wrong} is not a stream`);
    },
    suspect: (log) => void wrongLogs.add(log),
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
