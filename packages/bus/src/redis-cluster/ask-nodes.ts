// Asks nodes of a Cluster who has which slots. It must not know what becomes of the answer.
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import { openConnection, whenReady } from "../redis-connection.ts";
import { parseView, type ClusterView } from "./slot-map.ts";

/** How long nodes may take to answer, in milliseconds. */
const askMs = 1_000;
/** How long the others are waited for when one has answered, in milliseconds. */
const graceMs = 200;

export interface Node {
  url: string;
  redis: Redis;
}

/** The views of those that answer in time. Rejects if none does. */
export function askNodes(nodes: Node[]): Promise<ClusterView[]> {
  return gather(nodes.map(ask));
}

/** The same of nodes to which there is no connection yet. */
export async function askStrangers(urls: string[], clientName: string): Promise<ClusterView[]> {
  const nodes = urls.map((url) => ({ url, redis: openConnection(url, `${clientName}:map`, askMs, () => undefined) }));
  try {
    return await gather(
      nodes.map(async (node) => {
        if (!(await whenReady(node.redis, askMs))) throw new Error("no connection");
        return ask(node);
      }),
    );
  } finally {
    for (const { redis } of nodes) redis.disconnect();
  }
}

async function ask({ url, redis }: Node): Promise<ClusterView> {
  const [nodes, slots] = await Promise.all([redis.call("CLUSTER", "NODES"), redis.call("CLUSTER", "SLOTS")]);
  const view = parseView(String(nodes), slots, url);
  if (view.claims.length === 0) throw new Error("it knows of no slots");
  return view;
}

/** Nobody who hangs holds up those who answer. */
async function gather(asked: Promise<ClusterView>[]): Promise<ClusterView[]> {
  const views: ClusterView[] = [];
  let reason: unknown = new Error("no answer");
  const answers = asked.map(async (answer) => {
    try {
      views.push(await answer);
    } catch (error) {
      reason = error;
      throw error;
    }
  });
  const over = new AbortController();
  const pause = (ms: number) => delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const first = Promise.any(answers).then(() => pause(graceMs));
  await Promise.race([Promise.allSettled(answers), first.catch(() => undefined), pause(askMs)]);
  over.abort();
  if (views.length === 0) throw reason;
  return [...views];
}
