// Several chat-ws and chat-history processes, one chat-auth, on one Redis and one PostgreSQL database.
import { createDatabase, startRedis } from "@parley/embedded";
import { startService, type ServiceProcess } from "./service-process.ts";

export interface Cluster {
  auth: ServiceProcess;
  gateways: ServiceProcess[];
  histories: ServiceProcess[];
  databaseUrl: string;
  redisUrl: string;
  /** Another chat-history beside those that run. */
  startHistory(): Promise<ServiceProcess>;
  close(): Promise<void>;
}

const SERVICE_TOKEN = "service-token-of-tests";
/** What those who run it show to chat-auth and chat-history. */
export const operatorToken = "operator-token-of-tests";

export interface ClusterOptions {
  gateways: number;
  histories: number;
  /** Over how many logs rooms are spread; 1 by default. */
  partitions?: number;
  /** What stands for Redis; one of its own by default. */
  startRedis?: () => Promise<RunningRedis>;
  /** More for every chat-ws. By default nobody is too fast. */
  gatewayEnv?: Record<string, string>;
  /** More for every chat-history. By default rooms need not be made. */
  historyEnv?: Record<string, string>;
  /** More for chat-auth. */
  authEnv?: Record<string, string>;
}

interface RunningRedis {
  /** As REDIS_URL has it. */
  url: string;
  stop(): Promise<void>;
}

/** For tests that send faster than people do. */
export const unhurried = {
  SENDS_PER_SECOND_MAX: "100000",
  SENDS_BURST_MAX: "100000",
  CONNECTS_PER_ACCOUNT_MAX: "100000",
  CONNECTS_PER_ADDRESS_MAX: "100000",
};

/** @param adminUrl a PostgreSQL in which a database may be made */
export async function startCluster(adminUrl: string, options: ClusterOptions): Promise<Cluster> {
  const [redis, database] = await Promise.all([(options.startRedis ?? startRedis)(), createDatabase(adminUrl)]);
  const started: ServiceProcess[] = [];
  async function start(app: string, env: Record<string, string>) {
    const service = await startService(app, {
      PORT: "0",
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SERVICE_TOKEN,
      CHAT_PARTITIONS: String(options.partitions ?? 1),
      ...env,
    });
    started.push(service);
    return service;
  }

  const auth = await start("chat-auth", {
    EXEMPT_ADDRESSES: "loopback",
    OPERATOR_TOKEN: operatorToken,
    ...options.authEnv,
  });
  const AUTH_URL = auth.url;
  const startHistory = () =>
    start("chat-history", {
      AUTH_URL,
      OPERATOR_TOKEN: operatorToken,
      ROOMS_AUTO_CREATE: "true",
      ...options.historyEnv,
    });
  const histories = await Promise.all(Array.from({ length: options.histories }, startHistory));
  const gateways = await Promise.all(
    Array.from({ length: options.gateways }, (_, n) =>
      start("chat-ws", {
        AUTH_URL,
        HISTORY_URL: histories[n % histories.length]!.url,
        SERVER_ID: `gateway-${n + 1}`,
        RESTART_SPREAD_MS: "0",
        ...(options.gatewayEnv ?? unhurried),
      }),
    ),
  );
  return {
    auth,
    gateways,
    histories,
    databaseUrl: database.url,
    redisUrl: redis.url,
    startHistory,
    async close() {
      await Promise.all(started.map((service) => service.end("SIGTERM")));
      await redis.stop();
      await database.drop();
    },
  };
}
