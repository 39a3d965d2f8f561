// The masters of a Cluster that have slots, each as a server of its own. It must not know which slots.
import { onLossOf } from "../redis-connection.ts";
import type { ConnectionOptions } from "../redis-places.ts";
import { openRedisServer, type RedisServer } from "../redis-server.ts";
import { urlAt } from "../redis-url.ts";
import type { Node } from "./ask-nodes.ts";
import type { SlotOwner } from "./slot-map.ts";

export interface Servers {
  of(owner: SlotOwner | undefined): RedisServer | undefined;
  all(): RedisServer[];
  /** Those with a connection. */
  nodes(): Node[];
  /** Opens those that are new, and ends those that are none of them any more. */
  keep(owners: SlotOwner[]): void;
  close(): Promise<void>;
}

/** How long one that has no slots any more may take for its last answers, in milliseconds. */
const farewellMs = 250;

/** What people are told of a node. */
export function titleOf({ host, port }: SlotOwner): string {
  return `Redis at ${host}:${port}`;
}

/** @param onLoss called when the connection to one of them is lost */
export function createServers(url: string, options: ConnectionOptions, onLoss: () => void): Servers {
  const servers = new Map<string, { server: RedisServer; url: string }>();

  function open(owner: SlotOwner) {
    const [title, urlOfOwner] = [titleOf(owner), urlAt(url, owner)];
    const tell = ({ message }: Error) => options.tell(new Error(`${title}: ${message}`));
    const server = openRedisServer({ ...options, tell, url: urlOfOwner, title, inCluster: true });
    onLossOf(server.commands, onLoss);
    servers.set(owner.key, { server, url: urlOfOwner });
  }

  return {
    of: (owner) => (owner === undefined ? undefined : servers.get(owner.key)?.server),
    all: () => [...servers.values()].map(({ server }) => server),
    nodes: () =>
      [...servers.values()]
        .filter(({ server }) => server.commands.status === "ready")
        .map((one) => ({ url: one.url, redis: one.server.commands })),
    keep(owners) {
      const keys = new Set(owners.map(({ key }) => key));
      for (const [key, { server }] of servers) {
        if (keys.has(key)) continue;
        servers.delete(key);
        void server.close(farewellMs);
      }
      for (const owner of owners) if (!servers.has(owner.key)) open(owner);
    },
    async close() {
      await Promise.all([...servers.values()].map(({ server }) => server.close(options.commandMs)));
    },
  };
}
