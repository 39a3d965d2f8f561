// One node of an embedded Redis Cluster: a server that can be killed and started again. It must not know the others.
import { Redis } from "ioredis";
import { EmbeddedFault } from "./fault.ts";
import { findFreePort, portTaken } from "./on-port.ts";
import { startRedis, type EmbeddedRedis } from "./redis.ts";

export interface RedisClusterNode extends Pick<EmbeddedRedis, "url" | "port" | "kill" | "stop"> {
  /** Of the server that runs now, or ran last. */
  readonly pid: number;
  /** Where other nodes speak to it. */
  busPort: number;
  /** What it was when the Cluster was formed. */
  role: "master" | "replica";
  /** Starts it again where it was, with what its files hold, once it has ended. */
  restart: () => Promise<void>;
  /** The answer to one command over a connection of its own. Rejects if there is none within two seconds. */
  ask: (command: string, ...args: string[]) => Promise<unknown>;
}

interface ClusterNodeOptions {
  dir: string;
  nodeTimeoutMs: number;
  args: string[];
  role: RedisClusterNode["role"];
}

const attempts = 3;
const askMs = 2_000;

export async function startClusterNode(options: ClusterNodeOptions): Promise<RedisClusterNode> {
  const { dir, nodeTimeoutMs, args, role } = options;
  const start = (busPort: number, port?: number) =>
    startRedis({
      dir,
      ...(port === undefined ? {} : { port }),
      args: [...clusterArgs(busPort, nodeTimeoutMs), ...args],
    });
  const first = await startSomewhere(start);
  const { busPort } = first;
  let { server } = first;
  const { port, url } = server;
  return {
    url,
    port,
    busPort,
    role,
    get pid() {
      return server.pid;
    },
    kill: (signal) => server.kill(signal),
    stop: () => server.stop(),
    async restart() {
      await server.exited;
      server = await start(busPort, port);
    },
    async ask(command, ...rest) {
      const redis = new Redis(url, { connectTimeout: askMs, commandTimeout: askMs, retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        return await redis.call(command, ...rest);
      } finally {
        redis.disconnect();
      }
    },
  };
}

/** Another process may take the second port before the server does. */
async function startSomewhere(start: (busPort: number) => Promise<EmbeddedRedis>) {
  for (let attempt = 1; ; attempt++) {
    const busPort = await findFreePort();
    try {
      return { server: await start(busPort), busPort };
    } catch (error) {
      if (attempt === attempts || !(error instanceof EmbeddedFault && portTaken.test(error.message))) throw error;
    }
  }
}

function clusterArgs(busPort: number, nodeTimeoutMs: number): string[] {
  const settings = {
    "cluster-enabled": "yes",
    "cluster-port": busPort,
    "cluster-announce-ip": "127.0.0.1",
    "cluster-node-timeout": nodeTimeoutMs,
    "cluster-require-full-coverage": "no",
    "cluster-allow-replica-migration": "no",
    "cluster-replica-validity-factor": 0,
    "repl-diskless-sync-delay": 0,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
