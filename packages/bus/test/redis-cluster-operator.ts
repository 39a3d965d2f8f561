// What an operator of a Redis Cluster does from aside: cuts connections, moves slots, looks who is connected.
import type { EmbeddedRedisCluster, RedisClusterNode } from "@parley/embedded";
import { createOperator } from "./redis-clients.ts";

export interface ClusterOperator {
  /** Ends the connections that carry this name in CLIENT LIST, at every node that runs. */
  cut(name: string): Promise<void>;
  close(): void;
}

export function createClusterOperator({ nodes }: EmbeddedRedisCluster): ClusterOperator {
  const operators = nodes.map((node) => createOperator(node.url));
  for (const { redis } of operators) redis.on("error", () => undefined);
  return {
    async cut(name) {
      const running = operators.filter(({ redis }) => redis.status === "ready");
      await Promise.all(running.map((operator) => operator.cut(name)));
    },
    close() {
      for (const operator of operators) operator.close();
    },
  };
}

export interface SlotMove {
  slot: number;
  from: RedisClusterNode;
  to: RedisClusterNode;
}

/** The first half of moving a slot: its keys are at the new node, but it is still the old one's. */
export async function moveKeys({ slot, from, to }: SlotMove): Promise<void> {
  const [fromId, toId] = await Promise.all([from, to].map(async (node) => String(await node.ask("CLUSTER", "MYID"))));
  await to.ask("CLUSTER", "SETSLOT", String(slot), "IMPORTING", fromId!);
  await from.ask("CLUSTER", "SETSLOT", String(slot), "MIGRATING", toId!);
  for (;;) {
    const keys = (await from.ask("CLUSTER", "GETKEYSINSLOT", String(slot), "100")) as string[];
    if (keys.length === 0) return;
    await from.ask("MIGRATE", "127.0.0.1", String(to.port), "", "0", "5000", "KEYS", ...keys);
  }
}

/** The second half: the slot itself. */
export async function moveSlot({ slot, from, to }: SlotMove): Promise<void> {
  const id = String(await to.ask("CLUSTER", "MYID"));
  for (const node of [to, from]) await node.ask("CLUSTER", "SETSLOT", String(slot), "NODE", id);
}

/** How many connections of this name a node has. */
export async function connectionsAt(node: RedisClusterNode, name: string): Promise<number> {
  const clients = String(await node.ask("CLIENT", "LIST"));
  return clients.split("\n").filter((client) => client.includes(` name=${name}:`)).length;
}
