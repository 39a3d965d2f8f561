// The contestants that are one program: Socket.IO with and without Redis, bare `ws`, and the limit.
import { startRedis } from "@parley/embedded";
import { pin } from "../cpu.ts";
import type { DialectName } from "../generator/dialects.ts";
import { startServer, type Peer } from "./peer.ts";

export function createSimplePeer(dialect: DialectName): Peer {
  return {
    dialect,
    async start() {
      const server = await startServer(dialect);
      return {
        ports: [server.port],
        relayPids: [server.pid],
        storePids: [],
        serverPid: server.pid,
        stop: () => server.stop(),
      };
    },
  };
}

export const socketioRedis: Peer = {
  dialect: "socketio",
  async start(count) {
    const redis = await startRedis();
    pin(redis.pid, 0);
    const servers = await Promise.all(
      Array.from({ length: count }, () => startServer("socketio", { REDIS_URL: redis.url })),
    );
    return {
      ports: servers.map(({ port }) => port),
      relayPids: [redis.pid, ...servers.map(({ pid }) => pid)],
      storePids: [],
      serverPid: servers[0]!.pid,
      async stop() {
        await Promise.all(servers.map((server) => server.stop()));
        await redis.stop();
      },
    };
  },
};
