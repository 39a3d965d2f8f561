// One Redis server that is written to: its connection for commands, the turns that go over it, its health.
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { createAsk, type Ask } from "./redis-ask.ts";
import { openConnection, type Report } from "./redis-connection.ts";
import { watchRedis, type RedisHealth } from "./redis-health.ts";
import { createRedisTurns, type RedisTurns } from "./redis-turns.ts";

export interface RedisServer {
  commands: Redis;
  turns: RedisTurns;
  health: RedisHealth;
  /** Over `commands`. */
  ask: Ask;
  /**
   * Waits for the answers to what was called for, then ends the connection.
   * @param waitMs how long at most; what has no answer then is in doubt
   */
  close(waitMs: number): Promise<void>;
}

export interface RedisServerOptions {
  url: string;
  clientName: string;
  /** What people are told it is. */
  title: string;
  /** Whether it is used as a node of a Cluster. */
  inCluster: boolean;
  logEntriesMax: number;
  commandMs: number;
  report: Report;
  /** Told what is said once. */
  tell: Report;
}

export function openRedisServer(options: RedisServerOptions): RedisServer {
  const { url, clientName, title, inCluster, logEntriesMax, commandMs, report, tell } = options;
  const commands = openConnection(url, `${clientName}:commands`, commandMs, report);
  const ask = createAsk(commands, tell);
  const turns = createRedisTurns(commands, logEntriesMax);
  const health = watchRedis({ commands, ask, report, title, inCluster });
  return {
    commands,
    turns,
    health,
    ask,
    async close(waitMs) {
      health.close();
      const over = new AbortController();
      await Promise.race([turns.settle(), delay(waitMs, undefined, { signal: over.signal }).catch(() => undefined)]);
      over.abort();
      commands.disconnect();
    },
  };
}
