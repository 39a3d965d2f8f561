// The Redis that all instances count in, single or Cluster, and what happens without it. It must not know what is counted.
import { openConnection } from "@parley/bus/connection";
import { splitUrls, type Log } from "@parley/service";
import { Cluster, type Redis } from "ioredis";
import { RateLimiterRes } from "rate-limiter-flexible";

export type SharedClient = Redis | Cluster;

export interface SharedStore {
  /** Asks Redis, or `instead` if it is away or gives no answer in time. A RateLimiterRes that is thrown is an answer. */
  ask<T>(question: (client: SharedClient) => Promise<T>, instead: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Longest wait for an answer, in milliseconds. */
const answerMs = 250;
/** How often a command may be sent elsewhere: slots move. */
const redirectionsMax = 3;
/** Longest pause between two attempts to find a Cluster, in milliseconds. */
const retryMsMax = 1_000;

/** Connects by itself, again and again. @param urls as REDIS_URL has it */
export function openSharedStore(urls: string, clientName: string, log: Log): SharedStore {
  const nodes = splitUrls(urls);
  let isAway = false;
  let client: SharedClient = nodes.length > 1 ? openCluster() : openSingle();

  function openCluster(): Cluster {
    const cluster = openClusterClient(nodes, clientName);
    cluster.on("error", failed);
    return cluster;
  }

  /** One URL may be that of a node of a Cluster. */
  function openSingle(): Redis {
    const redis = openConnection(nodes[0], clientName, answerMs, failed);
    redis.on("ready", async () => {
      const info = await redis.info("server").catch(() => "");
      if (client !== redis || !/^(redis|server)_mode:cluster/m.test(info)) return;
      redis.disconnect();
      client = openCluster();
    });
    return redis;
  }

  function failed(error: unknown): void {
    if (!isAway) log.warn({ err: error }, "rates: Redis is away, each process counts for itself");
    isAway = true;
  }

  function worked(): void {
    if (isAway) log.info("rates: Redis is back, all processes count together");
    isAway = false;
  }

  return {
    async ask(question, instead) {
      if (client.status !== "ready") return instead();
      try {
        const answer = await inTime(question(client));
        worked();
        return answer;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) {
          failed(error);
          return instead();
        }
        worked();
        throw error;
      }
    },
    close: () => client.disconnect(),
  };
}

/** User, password and TLS of the first URL are those of all nodes. */
function openClusterClient(nodes: [string, ...string[]], connectionName: string): Cluster {
  const { protocol, username, password } = new URL(nodes[0]);
  return new Cluster(nodes, {
    enableOfflineQueue: false,
    maxRedirections: redirectionsMax,
    slotsRefreshTimeout: retryMsMax,
    clusterRetryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), retryMsMax),
    redisOptions: {
      connectionName,
      connectTimeout: retryMsMax,
      commandTimeout: answerMs,
      socketTimeout: answerMs,
      ...(username === "" ? {} : { username: decodeURIComponent(username) }),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === "rediss:" ? { tls: {} } : {}),
    },
  });
}

/** Redirections and retries within a Cluster take their time: this bounds all of them together. */
function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${answerMs} ms`)), answerMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
