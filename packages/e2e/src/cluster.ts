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

/** @param adminUrl a PostgreSQL in which a database may be made */
export async function startCluster(adminUrl: string, count: { gateways: number; histories: number }): Promise<Cluster> {
  const [redis, database] = await Promise.all([startRedis(), createDatabase(adminUrl)]);
  const started: ServiceProcess[] = [];
  async function start(app: string, env: Record<string, string>) {
    const service = await startService(app, {
      PORT: "0",
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SERVICE_TOKEN,
      ...env,
    });
    started.push(service);
    return service;
  }

  const auth = await start("chat-auth", {});
  const JWKS_URL = `${auth.url}/.well-known/jwks.json`;
  const startHistory = () => start("chat-history", { JWKS_URL });
  const histories = await Promise.all(Array.from({ length: count.histories }, startHistory));
  const gateways = await Promise.all(
    Array.from({ length: count.gateways }, (_, n) =>
      start("chat-ws", {
        JWKS_URL,
        HISTORY_URL: histories[n % histories.length]!.url,
        SERVER_ID: `gateway-${n + 1}`,
        RESTART_SPREAD_MS: "0",
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
