// The standard stack of the faults: every process real, on a fixed port, with Redis and PostgreSQL of its own.
import { rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createPartitioning } from "@parley/contracts";
import { startRedisCluster, type EmbeddedRedisCluster } from "@parley/embedded";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { unhurried } from "../src/cluster.ts";
import { createLinks } from "./links.ts";
import { superviseCluster, supervisePostgres, superviseRedis, type StoreServer } from "./servers.ts";
import { supervise, type Supervised } from "./supervised.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

export interface StackOptions {
  gateways: number;
  histories: number;
  partitions: number;
  /** Three masters with a replica each in place of one Redis. */
  isRedisCluster: boolean;
  /** A proxy on each way between the processes. */
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
  partitions: 1,
  isRedisCluster: false,
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
  /** If it is proxied: all ways; those of each chat-ws to Redis; that of the chat-history to PostgreSQL. */
  proxies: TcpProxy[];
  redisProxies: TcpProxy[];
  postgresProxy: TcpProxy | undefined;
  pool: Pool;
  /** Straight to Redis; of a Cluster to its first node. */
  redisClient: Redis;
  redisCluster: EmbeddedRedisCluster | undefined;
  /** The entries in the logs of all partitions. */
  logLength(): Promise<number>;
  logs: string;
  /** The chat-history that writes, if there is one. */
  findWriter(): Promise<Supervised | undefined>;
  close(): Promise<void>;
}

const SERVICE_TOKEN = "service-token-of-faults";
export const operatorToken = "operator-token-of-faults";
const healthMs = 1_000;

export async function startStack(given: Partial<StackOptions> = {}): Promise<Stack> {
  const options = { ...standard, ...given };
  const { folder, remove } = await makeScratch();
  const logs = join(folder, "logs");
  await Promise.all([mkdir(logs), mkdir(join(folder, "redis"))]);
  const redisFolder = options.redisFolder ?? join(folder, "redis");
  const redisCluster = options.isRedisCluster ? await startRedisCluster({ args: options.redisArgs }) : undefined;
  const redis = redisCluster ? superviseCluster(redisCluster) : await superviseRedis(redisFolder, options.redisArgs);
  const postgres = await supervisePostgres(
    options.postgresFolder ?? join(folder, "postgres"),
    options.postgresSettings,
  );
  const links = createLinks(options.isProxied);
  const common = { SERVICE_TOKEN, CHAT_PARTITIONS: String(options.partitions) };
  const log = (name: string) => join(logs, `${name}.log`);
  const auth = await supervise(
    "auth",
    "chat-auth",
    {
      ...common,
      REDIS_URL: (await links.lay(redis.url)).url,
      DATABASE_URL: (await links.lay(postgres.url)).url,
      EXEMPT_ADDRESSES: "loopback",
      OPERATOR_TOKEN: operatorToken,
      ...options.authEnv,
    },
    log("auth"),
  );
  const AUTH_URL = (await links.lay(auth.url)).url;
  const postgresLink = await links.lay(postgres.url);
  const historyEnv = {
    ...common,
    AUTH_URL,
    REDIS_URL: (await links.lay(redis.url)).url,
    DATABASE_URL: postgresLink.url,
    ROOMS_AUTO_CREATE: "true",
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
  const HISTORY_URL = (await links.lay(historyUrl)).url;
  const redisLinks = await Promise.all(Array.from({ length: options.gateways }, () => links.lay(redis.url)));
  const gateways = await Promise.all(
    Array.from({ length: options.gateways }, (_, n) =>
      supervise(
        `ws-${n + 1}`,
        "chat-ws",
        {
          ...common,
          ...unhurried,
          AUTH_URL,
          REDIS_URL: redisLinks[n]!.url,
          HISTORY_URL,
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
  const redisClient = new Redis(redisCluster?.urls[0] ?? redis.url, {
    maxRetriesPerRequest: 0,
    retryStrategy: () => 200,
  });
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
    proxies: links.proxies,
    redisProxies: redisLinks.flatMap(({ proxy }) => proxy ?? []),
    postgresProxy: postgresLink.proxy,
    pool,
    redisClient,
    redisCluster,
    async logLength() {
      const { all } = createPartitioning(options.partitions);
      const lengths = all.map(async (channels) =>
        redisCluster
          ? Number(await (await redisCluster.nodeOf(channels.log)).ask("XLEN", channels.log))
          : redisClient.xlen(channels.log),
      );
      return (await Promise.all(lengths)).reduce((sum, length) => sum + length);
    },
    logs,
    async findWriter() {
      const active = await Promise.all(histories.map((history) => history.readMetric("recorder_active")));
      return histories.find((_, n) => (active[n] ?? 0) > 0);
    },
    async close() {
      balancer.close();
      for (const service of services) service.signal("SIGCONT");
      await Promise.all(services.map((service) => service.end("SIGTERM")));
      redisClient.disconnect();
      await pool.end();
      await Promise.all([historyProxy, ...links.proxies].map((proxy) => proxy.close()));
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
