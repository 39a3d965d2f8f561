// Whether one Redis server can be used, by looking at it now and then. It must not know what the bus carries.
import type { Redis } from "ioredis";
import type { Ask } from "./redis-ask.ts";
import type { Report } from "./redis-connection.ts";

/** How often Redis is looked at, in milliseconds: what hangs is found within this and the time a command may take. */
export const lookMs = 1_000;
/** Oldest major version: since then streams tell how many entries were added, which shows losses. */
const versionMin = 7;

export interface RedisHealth {
  /** Why nothing can be sent, or undefined. */
  away(): string | undefined;
  /** Why nothing may be appended although Redis answers, or undefined. */
  unfit(): string | undefined;
  /** Whether it is one of the nodes of a Cluster, as it said latest. */
  isOfCluster(): boolean;
  /** Looks at Redis now. Never rejects. */
  look(): Promise<void>;
  close(): void;
}

export interface RedisHealthParts {
  commands: Redis;
  /** Over `commands`. */
  ask: Ask;
  report: Report;
  /** What people are told it is. */
  title: string;
  /** Whether it is used as a node of a Cluster. */
  inCluster: boolean;
}

/** Goes on looking until it is closed. */
export function watchRedis({ commands, ask, report, title, inCluster }: RedisHealthParts): RedisHealth {
  let reachable = false;
  let isOfCluster = inCluster;
  let downFault: string | undefined;
  let versionFault: string | undefined;
  let policyFault: string | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;

  async function lookAtServer() {
    const info = await ask("the version", "INFO", "server");
    if (typeof info !== "string") return;
    const [, version = "", major] = /^redis_version:((\d+)\S*)/m.exec(info) ?? [];
    const isOld = Number(major) < versionMin;
    versionFault = isOld ? `${title} is too old: its version is ${version}, not ${versionMin}.0 or later` : undefined;
    isOfCluster = /^(redis|server)_mode:cluster/m.test(info);
  }

  /** Any other policy may delete a log to make room (guarantee P-5). */
  async function lookAtPolicy() {
    const answer = await ask("maxmemory-policy", "CONFIG", "GET", "maxmemory-policy");
    const [, policy = "noeviction"] = (answer ?? []) as string[];
    const evicts = policy !== "noeviction";
    policyFault = evicts ? `${title} may evict the log: maxmemory-policy is ${policy}, not noeviction` : undefined;
  }

  /** A node that is cut off from most of the others, or has just started, refuses all that has a slot. */
  async function lookAtCluster() {
    if (!inCluster) return;
    const info = await ask("the state of the Cluster", "CLUSTER", "INFO");
    const isDown = /^cluster_state:fail/m.test(String(info));
    downFault = isDown ? `${title} takes the Cluster for down` : undefined;
  }

  function modeFault(): string | undefined {
    if (inCluster || !isOfCluster) return undefined;
    return `${title} is a Cluster, and did not say so when this bus was opened: open it again`;
  }

  async function lookOnce() {
    if (commands.status !== "ready") return;
    try {
      await Promise.all([lookAtServer(), lookAtPolicy(), lookAtCluster()]);
      reachable = true;
    } catch (error) {
      reachable = false;
      if (!closed) report(new Error(`${title} gave no answer`, { cause: error }));
    }
  }

  /** One look at a time: one that waits for an answer is the latest news. */
  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => (looking = undefined));
    return looking;
  }

  commands.on("close", () => (reachable = false));
  commands.on("ready", () => void look());
  const timer = setInterval(() => void look(), lookMs);

  return {
    away: () => (reachable ? downFault : `${title} is not reachable`),
    unfit: () => modeFault() ?? versionFault ?? policyFault,
    isOfCluster: () => isOfCluster,
    look,
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}
