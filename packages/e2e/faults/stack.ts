// The standard stack of the faults: every process real, on a fixed port, with Redis and PostgreSQL of its own.
import { rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { unhurried } from "../src/cluster.ts";
import { supervisePostgres, superviseRedis, type StoreServer } from "./servers.ts";
import { supervise, type Supervised } from "./supervised.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export interface StackOptions {
  gateways: number;
  histories: number;
  /** A proxy between each chat-ws and Redis, and one between the chat-history and PostgreSQL. */
  isProxied: boolean;
  redisArgs: string[];
  postgresSettings: Record<string, string>;
  /** Scratch folders of theirs, for whoever wants them on a small disk. */
  redisFolder?: string;
  postgresFolder?: string;
  gatewayEnv: (index: number) => Record<string, string>;
  historyEnv: Record<string, string>;
  authEnv: Record<string, string>;
}

const standard: StackOptions = {
  gateways: 3,
  histories: 2,
  isProxied: false,
  redisArgs: [],
  postgresSettings: {},
  gatewayEnv: () => ({}),
  historyEnv: {},
  authEnv: {},
};

export interface Stack {
  options: StackOptions;
  auth: Supervised;
  gateways: Supervised[];
  histories: Supervised[];
  services: Supervised[];
  redis: StoreServer;
  redisFolder: string;
  postgres: StoreServer;
  /** In front of the chat-history; whoever wants history asks here. */
  historyProxy: TcpProxy;
  historyUrl: string;
  /** One for each chat-ws, if it is proxied. */
  redisProxies: TcpProxy[];
  postgresProxy: TcpProxy | undefined;
  pool: Pool;
  /** Straight to Redis. */
  redisClient: Redis;
  logs: string;
  /** The chat-history that writes, if there is one. */
  findWriter(): Promise<Supervised | undefined>;
  close(): Promise<void>;
}

const SERVICE_TOKEN = "service-token-of-faults";
const healthMs = 1_000;

export async function startStack(given: Partial<StackOptions> = {}): Promise<Stack> {
  const options = { ...standard, ...given };
  const { folder, remove } = await makeScratch();
  const logs = join(folder, "logs");
  await Promise.all([mkdir(logs), mkdir(join(folder, "redis"))]);
  const redisFolder = options.redisFolder ?? join(folder, "redis");
  const redis = await superviseRedis(redisFolder, options.redisArgs);
  const postgres = await supervisePostgres(
    options.postgresFolder ?? join(folder, "postgres"),
    options.postgresSettings,
  );
  const redisProxies = options.isProxied
    ? await Promise.all(Array.from({ length: options.gateways }, () => startTcpProxy(() => [redis.port])))
    : [];
  const postgresProxy = options.isProxied ? await startTcpProxy(() => [postgres.port]) : undefined;
  const through = (url: string, proxy: TcpProxy | undefined) => {
    const moved = new URL(url);
    if (proxy) moved.port = String(proxy.port);
    return moved.href;
  };

  const common = { SERVICE_TOKEN };
  const log = (name: string) => join(logs, `${name}.log`);
  const auth = await supervise(
    "auth",
    "chat-auth",
    { ...common, DATABASE_URL: postgres.url, ...options.authEnv },
    log("auth"),
  );
  const JWKS_URL = `${auth.url}/.well-known/jwks.json`;
  const historyEnv = {
    ...common,
    JWKS_URL,
    REDIS_URL: redis.url,
    DATABASE_URL: through(postgres.url, postgresProxy),
    ...options.historyEnv,
  };
  const histories = await Promise.all(
    Array.from({ length: options.histories }, (_, n) =>
      supervise(`history-${n + 1}`, "chat-history", historyEnv, log(`history-${n + 1}`)),
    ),
  );
  const balancer = watchHealth(histories);
  const historyProxy = await startTcpProxy(balancer.ports);
  const historyUrl = `http://127.0.0.1:${historyProxy.port}`;
  const gateways = await Promise.all(
    Array.from({ length: options.gateways }, (_, n) =>
      supervise(
        `ws-${n + 1}`,
        "chat-ws",
        {
          ...common,
          ...unhurried,
          JWKS_URL,
          REDIS_URL: through(redis.url, redisProxies[n]),
          HISTORY_URL: historyUrl,
          SERVER_ID: `ws-${n + 1}`,
          EXEMPT_ADDRESSES: "loopback",
          ...options.gatewayEnv(n),
        },
        log(`ws-${n + 1}`),
      ),
    ),
  );
  const services = [auth, ...histories, ...gateways];
  auth.start();
  await auth.untilReady();
  for (const service of services.slice(1)) service.start();
  await Promise.all(services.map((service) => service.untilReady()));

  const pool = new Pool({ connectionString: postgres.url, max: 4, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => {}); // PostgreSQL may be killed: the next query tells.
  const redisClient = new Redis(redis.url, { maxRetriesPerRequest: 0, retryStrategy: () => 200 });
  redisClient.on("error", () => {}); // Redis may be killed: the next call tells.
  return {
    options,
    auth,
    gateways,
    histories,
    services,
    redis,
    redisFolder,
    postgres,
    historyProxy,
    historyUrl,
    redisProxies,
    postgresProxy,
    pool,
    redisClient,
    logs,
    async findWriter() {
      const active = await Promise.all(histories.map((history) => history.readMetric("recorder_active")));
      return histories.find((_, n) => active[n] === 1);
    },
    async close() {
      balancer.close();
      for (const service of services) service.signal("SIGCONT");
      await Promise.all(services.map((service) => service.end("SIGTERM")));
      redisClient.disconnect();
      await pool.end();
      await Promise.all(
        [historyProxy, ...redisProxies, ...(postgresProxy ? [postgresProxy] : [])].map((p) => p.close()),
      );
      await redis.stop();
      await postgres.stop();
      remove();
    },
  };
}

/** As a load balancer: leaves out who does not answer its health checks, unless nobody does. */
function watchHealth(services: Supervised[]) {
  let healthy = services;
  const over = new AbortController();
  void (async () => {
    while (!over.signal.aborted) {
      const ready = await Promise.all(services.map((service) => service.isReady(healthMs)));
      healthy = services.filter((_, n) => ready[n]);
      await sleep(healthMs);
    }
  })();
  return {
    ports: () => (healthy.length > 0 ? healthy : services).map(({ url }) => Number(new URL(url).port)),
    close: () => over.abort(),
  };
}

async function makeScratch() {
  const folder = await mkdtemp(join(tmpdir(), "parley-faults-"));
  await chmod(folder, 0o755); // for root's PostgreSQL, which runs as nobody
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.once("exit", remove);
  return { folder, remove };
}
