// Runs a line of JavaScript inside a service, through the inspector that SIGUSR1 opens; for faults that no request causes.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { reservePort } from "./ports.ts";
import type { Supervised } from "./supervised.ts";

const openMsMax = 5_000;

/** Starts the service with an inspector that can be opened. Answers what runs a line in it. */
export async function startInspectable(service: Supervised): Promise<(line: string) => Promise<void>> {
  const port = await reservePort();
  service.start({ NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}` });
  await service.untilReady();
  service.signal("SIGUSR1");
  const url = await findTarget(port);
  return async (line) => {
    const socket = new WebSocket(url);
    socket.on("error", () => {}); // It ends with the process.
    await once(socket, "open");
    socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params: { expression: line } }));
    await Promise.race([once(socket, "message"), once(socket, "close")]);
    socket.terminate();
  };
}

async function findTarget(port: number): Promise<string> {
  for (const endMs = performance.now() + openMsMax; performance.now() < endMs; await sleep(50)) {
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then(
      (response) => response.json() as Promise<{ webSocketDebuggerUrl: string }[]>,
      () => undefined,
    );
    if (targets?.[0]) return targets[0].webSocketDebuggerUrl;
  }
  throw new Error("the inspector did not open");
}
