// chat-history as it is run, on one of the databases, with a Redis of its own and a token to read with.
import { startService } from "@parley/e2e/service-process";
import { createRedisBus, type Bus } from "@parley/bus";
import { channelsOf } from "@parley/contracts";
import { startRedis } from "@parley/embedded";
import type { Issuer } from "@parley/tokens/issuer";
import { Redis } from "ioredis";
import type { Placement } from "./placement.ts";
import type { drawMessage } from "./population.ts";

const SERVICE_TOKEN = "service-token-of-the-bench";
/** As it is shipped (infra/docker-compose.base.yml). */
const NODE_OPTIONS = "--max-semi-space-size=16";
const channels = channelsOf(0, 1);

export interface HistoryService {
  url: string;
  pid: number;
  redisPid: number;
  serviceToken: string;
  /** Appends to the log and publishes, as a gateway does. */
  append(message: ReturnType<typeof drawMessage>): Promise<void>;
  /** How many messages wait in the log. */
  waiting(): Promise<number>;
  /** What the recorder's batches took in all, and how many there were. */
  batches(): Promise<{ seconds: number; count: number }>;
  signal(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

export interface Surroundings {
  tokens: Issuer;
  placement: Placement;
}

/** It brings the database's schema up to date first. */
export async function startHistory(databaseUrl: string, { tokens, placement }: Surroundings): Promise<HistoryService> {
  const redis = await startRedis();
  placement.server(redis.pid);
  const history = await startService("chat-history", {
    NODE_OPTIONS,
    PORT: "0",
    REDIS_URL: redis.url,
    DATABASE_URL: databaseUrl,
    AUTH_URL: tokens.url,
    ROOMS_AUTO_CREATE: "true",
    SERVICE_TOKEN,
  });
  placement.server(history.pid);
  const endWithUs = () => void history.end("SIGKILL");
  process.once("exit", endWithUs);
  const bus: Bus = await createRedisBus({ url: redis.url });
  const asking = new Redis(redis.url);
  return {
    url: history.url,
    pid: history.pid,
    redisPid: redis.pid,
    serviceToken: SERVICE_TOKEN,
    append: (message) =>
      bus.append({ name: channels.log, topic: channels.message }, message.roomId, JSON.stringify(message)),
    waiting: () => asking.xlen(channels.log),
    batches: () => readBatches(history.url),
    signal: (signal) => void process.kill(history.pid, signal),
    async close() {
      await bus.close();
      asking.disconnect();
      process.off("exit", endWithUs);
      await history.end("SIGTERM");
      await redis.stop();
    },
  };
}

async function readBatches(url: string): Promise<{ seconds: number; count: number }> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) =>
    [...metrics.matchAll(new RegExp(`recorder_batch_seconds_${name}(?:\\{[^}]*\\})? (\\S+)`, "g"))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  return { seconds: read("sum"), count: read("count") };
}
