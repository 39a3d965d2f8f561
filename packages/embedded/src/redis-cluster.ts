// A real Redis Cluster as child processes, for tests of what becomes of it. It must not know what passes through it.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import slotOf from "cluster-key-slot";
import { EmbeddedFault } from "./fault.ts";
import { startClusterNode, type RedisClusterNode } from "./redis-cluster-node.ts";

export interface RedisClusterOptions {
  /** They share the slots equally; 3 if missing, which is the least that can elect a successor. */
  masters?: number;
  /** Of each master; 1 if missing. */
  replicas?: number;
  /** After how long without a sign of life a node counts as gone, in milliseconds. */
  nodeTimeoutMs?: number;
  /** More of the command line of each, as in `["--appendonly", "no"]`; wins over ours. */
  args?: string[];
}

export interface EmbeddedRedisCluster {
  /** First the masters in the order of their slots, then their replicas in the same order. */
  nodes: readonly RedisClusterNode[];
  /** One for each node, in the same order. */
  urls: readonly string[];
  /** The node that most of the others take for the master of this slot, or of this key's slot. */
  nodeOf: (slotOrKey: number | string) => Promise<RedisClusterNode>;
  /** Resolves when every node runs and takes the Cluster for whole, and every replica is in step with its master. */
  whole: () => Promise<void>;
  stop: () => Promise<void>;
}

const slots = 16_384;
const wholeMsMax = 30_000;
const lookMs = 50;

/**
 * A slot whose master is away does not keep the others from being served (`cluster-require-full-coverage no`).
 * @throws EmbeddedFault, one sentence for people
 */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<EmbeddedRedisCluster> {
  const { masters = 3, replicas = 1, nodeTimeoutMs = 1_500, args = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), "embedded-cluster-"));
  const places = Array.from({ length: masters * (1 + replicas) }, (_, place) => place);
  const started = await Promise.allSettled(
    places.map(async (place) => {
      const dir = join(folder, String(place));
      await mkdir(dir);
      return startClusterNode({ dir, nodeTimeoutMs, args, role: place < masters ? "master" : "replica" });
    }),
  );
  const nodes = started.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));

  /** At once: none need wait for its replicas or its file, all of which goes. */
  async function stop() {
    for (const node of nodes) node.kill("SIGKILL");
    await Promise.all(nodes.map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
  }

  const whole = () => until(() => isWhole(nodes, replicas * masters), "The Redis Cluster did not become whole.");

  try {
    for (const start of started) if (start.status === "rejected") throw start.reason;
    await form(nodes, masters);
    await whole();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    urls: nodes.map((node) => node.url),
    nodeOf: (slotOrKey) => findMaster(nodes, typeof slotOrKey === "number" ? slotOrKey : slotOf(slotOrKey)),
    whole,
    stop,
  };
}

async function form(nodes: RedisClusterNode[], masters: number): Promise<void> {
  for (const [place, node] of nodes.entries()) {
    await node.ask("CLUSTER", "SET-CONFIG-EPOCH", String(place + 1));
    if (place >= masters) continue;
    const [first, next] = [place, place + 1].map((boundary) => Math.round((boundary * slots) / masters));
    await node.ask("CLUSTER", "ADDSLOTSRANGE", String(first), String(next! - 1));
  }
  // All to all: gossip would take its time.
  for (const node of nodes) {
    for (const other of nodes) {
      if (other !== node) await node.ask("CLUSTER", "MEET", "127.0.0.1", String(other.port), String(other.busPort));
    }
  }
  for (const [place, replica] of nodes.slice(masters).entries()) {
    const id = String(await nodes[place % masters]!.ask("CLUSTER", "MYID"));
    // Refused until the replica has heard of its master
    const follow = async () => (await replica.ask("CLUSTER", "REPLICATE", id)) === "OK";
    await until(follow, "The nodes of the Redis Cluster did not meet.");
  }
}

/** A check that fails has not come true yet. */
async function until(check: () => Promise<boolean>, fault: string): Promise<void> {
  const deadline = performance.now() + wholeMsMax;
  while (!(await check().catch(() => false))) {
    if (performance.now() > deadline) throw new EmbeddedFault(fault);
    await delay(lookMs);
  }
}

async function isWhole(nodes: RedisClusterNode[], replicas: number): Promise<boolean> {
  const signs = await Promise.all(
    nodes.map(async (node) => {
      const [state, known, replication] = await Promise.all([
        node.ask("CLUSTER", "INFO"),
        node.ask("CLUSTER", "NODES"),
        node.ask("INFO", "replication"),
      ]);
      const lines = String(known).trim().split("\n");
      const isQuiet = lines.every((line) => !/\b(handshake|noaddr)\b|fail/.test(line));
      const followers = lines.filter((line) => /\bslave\b/.test(line)).length;
      const isOk = /cluster_state:ok/.test(String(state)) && /cluster_slots_ok:16384/.test(String(state));
      const isInStep = !/master_link_status:down|master_sync_in_progress:1/.test(String(replication));
      return isOk && isQuiet && isInStep && lines.length === nodes.length && followers === replicas;
    }),
  );
  return signs.every(Boolean);
}

/** By vote: a node that has just come back may be the last to hear who took its place. One that hangs is not waited for. */
async function findMaster(nodes: RedisClusterNode[], slot: number): Promise<RedisClusterNode> {
  const votes = new Map<RedisClusterNode, number>();
  const asked = nodes.map(async (node) => {
    const master = await masterAccordingTo(node, slot);
    const elected = nodes.find(({ port }) => port === master);
    if (elected === undefined) throw new Error("no vote");
    votes.set(elected, (votes.get(elected) ?? 0) + 1);
    if (votes.get(elected)! <= nodes.length / 2) throw new Error("no majority yet");
    return elected;
  });
  return Promise.any(asked).catch(() => {
    const [most] = [...votes].toSorted(([, a], [, b]) => b - a);
    if (most === undefined) throw new EmbeddedFault(`No node of the Redis Cluster has slot ${slot}.`);
    return most[0];
  });
}

/** Its port, if there is one. */
async function masterAccordingTo(node: RedisClusterNode, slot: number): Promise<number | undefined> {
  const ranges = (await node.ask("CLUSTER", "SLOTS")) as [first: number, last: number, [host: string, port: number]][];
  return ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1];
}
