// What an operator can do from aside: see and cut the connections of one bus, count commands.
import { Redis } from "ioredis";

export interface Operator {
  redis: Redis;
  /** Ends the connections that carry this name in CLIENT LIST. */
  cut(name: string): Promise<void>;
  /** How often Redis has carried out commands of this name. */
  calls(command: string): Promise<number>;
  close(): void;
}

export function createOperator(url: string): Operator {
  const redis = new Redis(url);
  return {
    redis,
    async cut(name) {
      const clients = String(await redis.client("LIST"));
      for (const [, id] of clients.matchAll(new RegExp(`^id=(\\d+) .*\\bname=${name} `, "gm"))) {
        await redis.client("KILL", "ID", id!);
      }
    },
    async calls(command) {
      const stats = await redis.info("commandstats");
      return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(stats)?.[1] ?? 0);
    },
    close: () => redis.disconnect(),
  };
}
