// Reaches into a service through the inspector that SIGUSR1 opens: for faults that no request causes, for figures that no
// metric tells, and to have its garbage collected, so that its memory tells what it keeps.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import type { Supervised } from "./supervised.ts";

const openMsMax = 5_000;

/** Runs a line of JavaScript; resolves when it has run, or ended the process. */
export async function runInside(service: Supervised, line: string): Promise<void> {
  await call(service, "Runtime.evaluate", { expression: line });
}

/** What an expression is worth there, by way of JSON. @throws if it throws, or the process ends over it */
export async function evaluateInside<T>(service: Supervised, expression: string): Promise<T> {
  const answer = await call(service, "Runtime.evaluate", { expression: `JSON.stringify(${expression})` });
  const value = answer?.result?.result?.value;
  if (value === undefined) throw new Error(`${service.name} did not tell ${expression}`);
  return JSON.parse(value) as T;
}

export async function collectGarbage(service: Supervised): Promise<void> {
  await call(service, "HeapProfiler.collectGarbage", {});
}

interface Answer {
  result?: { result?: { value?: string } };
}

async function call(service: Supervised, method: string, params: Record<string, string>): Promise<Answer | undefined> {
  service.signal("SIGUSR1");
  const socket = new WebSocket(await findTarget(service.inspectPort));
  socket.on("error", () => {}); // It ends with the process.
  await once(socket, "open");
  socket.send(JSON.stringify({ id: 1, method, params }));
  const [data] = await Promise.race([once(socket, "message"), once(socket, "close")]);
  socket.terminate();
  return Buffer.isBuffer(data) ? (JSON.parse(data.toString()) as Answer) : undefined;
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
