// A Redis of its own for tests that kill, stop, flush or configure it, and buses on it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis, type EmbeddedRedis } from "@parley/embedded";
import { createRedisBus, type Bus, type RedisBusOptions } from "../src/index.ts";

export interface OwnRedis {
  server: EmbeddedRedis;
  /** Starts it again where it was, with what its file holds. */
  restart(): Promise<void>;
  open(options?: Partial<RedisBusOptions>): Promise<Bus>;
  close(): Promise<void>;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), "bus-"));
  const buses: Bus[] = [];
  const own: OwnRedis = {
    server: await startRedis({ dir }),
    async restart() {
      await own.server.exited;
      own.server = await startRedis({ dir, port: own.server.port });
    },
    async open(options = {}) {
      const bus = await createRedisBus({ url: own.server.url, ...options });
      buses.push(bus);
      return bus;
    },
    async close() {
      await Promise.all(buses.map((bus) => bus.close()));
      await own.server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return own;
}
