// A line to Redis that can be led elsewhere or go dead, as networks and failovers do.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface RedisProxy {
  url: string;
  /** Leads connections made from now on to this port. */
  leadTo(port: number): void;
  /** Open connections stay open and carry nothing more; new ones work. */
  goDead(): void;
  close(): Promise<void>;
}

export async function startRedisProxy(port: number): Promise<RedisProxy> {
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
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    leadTo: (other) => (target = other),
    goDead() {
      for (const { client, server } of lines) {
        client.unpipe(server).resume();
        server.unpipe(client).resume();
      }
    },
    async close() {
      for (const { client } of lines) client.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
