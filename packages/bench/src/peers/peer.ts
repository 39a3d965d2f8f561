// A contestant: how its servers are started and which processes they are. It must not know what is measured.
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { spawnOnCores } from "../cpu.ts";
import type { DialectName } from "../generator/dialects.ts";

export interface Peer {
  dialect: DialectName;
  /** Why it cannot be measured here, if it cannot. */
  absent?(): Promise<string | undefined>;
  /** @param servers how many instances clients are spread over */
  start(servers: number): Promise<RunningPeer>;
}

export interface RunningPeer {
  ports: number[];
  /** What relays: the servers, and the bus between them. Children count with them. */
  relayPids: number[];
  /** All else that takes part: what stores. */
  storePids: number[];
  /** The server whose memory counts per connection. */
  serverPid: number;
  stop(): Promise<void>;
}

/** One of our own servers in `servers/`, on the servers' core. */
export async function startServer(name: string, env: Record<string, string> = {}) {
  const child = spawnOnCores(fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url)), [], 0, env);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    port,
    pid: child.pid!,
    async stop() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
