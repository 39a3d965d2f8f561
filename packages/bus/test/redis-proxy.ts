// A line to Redis that can be led elsewhere or go dead, as networks and failovers do, and to an older one.
import { Transform } from "node:stream";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface RedisProxy {
  url: string;
  /** Leads connections made from now on to this port. */
  leadTo(port: number): void;
  /** Open connections stay open and carry nothing more; new ones work. */
  goDead(): void;
  close(): Promise<void>;
}

/** Has Redis 7 pass itself off as Redis 6. */
export const asRedis6 = (said: string) => said.replace("redis_version:7", "redis_version:6");

/** @param change what Redis says, octets as Latin-1, on its way to the client */
export async function startRedisProxy(port: number, change = (said: string) => said): Promise<RedisProxy> {
  const lines = new Set<{ client: Socket; server: Socket }>();
  let target = port;
  const proxy = createServer((client) => {
    const server = connect(target, "127.0.0.1");
    const line = { client, server };
    lines.add(line);
    for (const end of [client, server]) {
      end.on("error", () => undefined);
      end.on("close", () => {
        client.destroy();
        server.destroy();
        lines.delete(line);
      });
    }
    const changed = new Transform({
      transform: (chunk: Buffer, _encoding, done) =>
        done(null, Buffer.from(change(chunk.toString("latin1")), "latin1")),
    });
    client.pipe(server).pipe(changed).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    leadTo: (other) => (target = other),
    goDead() {
      for (const { client, server } of lines) {
        client.unpipe(server).resume();
        server.unpipe().resume();
      }
    },
    async close() {
      for (const { client } of lines) client.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
