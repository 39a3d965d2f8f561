// Ports that stay ours while nobody listens on them: below those that the kernel gives to outgoing connections.
import { createServer } from "node:net";

const first = 20_000;
const last = 32_000;
const taken = new Set<number>();

export async function reservePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
