// A real Redis as a child process, for tests. It must not know what passes through it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endChild, startChild, StartFault, type EndingStep } from "./child.ts";
import { EmbeddedFault } from "./fault.ts";
import { findRedis } from "./find-redis.ts";
import { startOnPort } from "./on-port.ts";

export interface RedisOptions {
  /** Where its files are kept; exists. A scratch folder, removed by stop, if missing. */
  dir?: string;
  /** A free one if missing; a number lets a killed one come back where its clients look for it. */
  port?: number;
  /** More of its command line, as in `["--appendfsync", "always"]`; wins over ours. */
  args?: string[];
}

export interface EmbeddedRedis {
  url: string;
  port: number;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** Sends it a signal, for whoever tests what happens then. */
  kill: (signal: NodeJS.Signals) => void;
  stop: () => Promise<void>;
}

const ending: readonly EndingStep[] = [
  ["SIGTERM", 10_000],
  ["SIGKILL", 5_000],
];
const readyMsMax = 30_000;
const ready = /Ready to accept connections/;

/**
 * Listens on 127.0.0.1 only, keeps an append-only file, evicts nothing.
 * @throws EmbeddedFault, one sentence for people
 */
export async function startRedis({ dir, port: wanted, args = [] }: RedisOptions = {}): Promise<EmbeddedRedis> {
  const file = await findRedis();
  const folder = dir ?? (await mkdtemp(join(tmpdir(), "embedded-redis-")));
  const removeScratch = async () => {
    if (dir === undefined) await rm(folder, { recursive: true, force: true });
  };
  const { child, port } = await startOnPort({ port: wanted }, (free) =>
    startChild({ file, args: [...ownArgs(folder, free), ...args] }, { ready, readyMsMax, exitSignal: "SIGTERM" }),
  ).catch(async (error: unknown) => {
    await removeScratch();
    if (!(error instanceof StartFault)) throw error;
    throw new EmbeddedFault(`Redis did not start in ${folder}; it said: ${error.lastLines.join(" / ")}`, {
      cause: error,
    });
  });
  const stop = async () => {
    await endChild(child, ending);
    await removeScratch();
  };
  return { url: `redis://127.0.0.1:${port}`, port, pid: child.pid, exited: child.exited, kill: child.kill, stop };
}

function ownArgs(folder: string, port: number): string[] {
  const settings = {
    bind: "127.0.0.1",
    port,
    dir: folder,
    appendonly: "yes",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
    logfile: "",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
