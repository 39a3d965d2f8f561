// What is looked at now and then about each log of Redis. It must not know what the entries are.
import { lookMs } from "./redis-health.ts";
import type { RedisServer } from "./redis-server.ts";

/** How many of a log's blocks are measured; the others count as their average. */
const samples = "5";

export interface LogWatch {
  /** Octets of a log at the latest look, 0 before the first. From now on it is looked at. */
  bytes(log: string): number;
  /** Notes that a log's name holds something else; it is looked at until it has gone. */
  suspect(log: string): void;
  /** Why nothing may be appended to any of these logs, or undefined. */
  wrong(isConcerned: (log: string) => boolean): string | undefined;
  close(): void;
}

/** @param serverOf whoever has the log at present, if anybody */
export function watchLogs(serverOf: (log: string) => RedisServer | undefined): LogWatch {
  const bytes = new Map<string, number>();
  const wrong = new Set<string>();
  let looking = false;

  /** Nothing to ask, or no answer, is no news: the servers' own health tells of it. */
  async function ask(log: string, question: (server: RedisServer) => Promise<unknown>) {
    const server = serverOf(log);
    if (server?.commands.status === "ready") await question(server).catch(() => undefined);
  }

  async function lookAtBytes(log: string, server: RedisServer) {
    bytes.set(log, Number((await server.ask("the size of logs", "MEMORY", "USAGE", log, "SAMPLES", samples)) ?? 0));
  }

  async function lookAtType(log: string, { commands }: RedisServer) {
    const type = await commands.type(log);
    if (type === "stream" || type === "none") wrong.delete(log);
  }

  async function look() {
    if (looking) return;
    looking = true;
    const sizes = [...bytes.keys()].map((log) => ask(log, (server) => lookAtBytes(log, server)));
    const types = [...wrong].map((log) => ask(log, (server) => lookAtType(log, server)));
    await Promise.all([...sizes, ...types]);
    looking = false;
  }

  const timer = setInterval(() => void look(), lookMs);

  return {
    bytes(log) {
      if (!bytes.has(log)) bytes.set(log, 0);
      return bytes.get(log)!;
    },
    suspect: (log) => void wrong.add(log),
    wrong(isConcerned) {
      const found = [...wrong].find(isConcerned);
      return found === undefined ? undefined : `The Redis key ${found} is not a stream`;
    },
    close: () => clearInterval(timer),
  };
}
