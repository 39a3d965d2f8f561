// Redis and PostgreSQL that come back where they were, with what they had.
import {
  startPostgres,
  startRedis,
  type EmbeddedPostgres,
  type EmbeddedRedis,
  type EmbeddedRedisCluster,
} from "@parley/embedded";
import { reservePort } from "./ports.ts";
import { signalTree } from "./process-tree.ts";

export interface StoreServer {
  url: string;
  port: number;
  readonly pid: number;
  readonly isRunning: boolean;
  start(): Promise<void>;
  /** `kill -9`, and waits for the end; or another signal that ends it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended, for whatever reason. */
  ended(): Promise<void>;
  /** SIGSTOP, SIGCONT; to all its processes. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** In good order, and for good. */
  stop(): Promise<void>;
}

/** @param args more of Redis' command line */
export async function superviseRedis(dir: string, args: string[]): Promise<StoreServer> {
  const port = await reservePort();
  return superviseStore(port, () => startRedis({ dir, port, args }));
}

/** As one server, for whoever only starts and stops it: its nodes are the cluster's own. */
export function superviseCluster(cluster: EmbeddedRedisCluster): StoreServer {
  const [first] = cluster.nodes;
  return {
    url: cluster.urls.join(","),
    port: first!.port,
    pid: first!.pid,
    isRunning: true,
    start: () => cluster.whole(),
    async kill(signal = "SIGKILL") {
      for (const node of cluster.nodes) node.kill(signal);
    },
    ended: () => cluster.stop(),
    async signal(signal) {
      for (const node of cluster.nodes) node.kill(signal);
    },
    stop: () => cluster.stop(),
  };
}

export async function supervisePostgres(dataDir: string, settings: Record<string, string>): Promise<StoreServer> {
  const port = await reservePort();
  return superviseStore(port, () => startPostgres({ dataDir, port, settings }));
}

async function superviseStore(
  port: number,
  open: () => Promise<EmbeddedRedis | EmbeddedPostgres>,
): Promise<StoreServer> {
  let server = await open();
  let isRunning = true;
  return {
    url: server.url,
    port,
    get pid() {
      return server.pid;
    },
    get isRunning() {
      return isRunning;
    },
    async start() {
      server = await open();
      isRunning = true;
    },
    async kill(signal = "SIGKILL") {
      isRunning = false;
      server.kill(signal);
      await server.exited;
    },
    ended: () => server.exited,
    signal: (signal) => signalTree(server.pid, signal),
    stop: () => server.stop(),
  };
}
