import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { signUp, type Person } from "../src/accounts.ts";
import { startCluster, unhurried, type Cluster } from "../src/cluster.ts";
import { openCountingReader, percentile, Script, type CountingReader } from "../src/counting-reader.ts";
import { openRaw } from "../src/raw-client.ts";

const readersCount = 200;
const stoppedCount = 20;
const perSecond = 200;
const content = "x".repeat(2_000);

let cluster: Cluster;
let person: Person;
beforeAll(async () => {
  // A small heap: what is kept then shows, and not what V8 has not collected yet.
  const gatewayEnv = { ...unhurried, EXEMPT_ADDRESSES: "loopback", NODE_OPTIONS: "--max-old-space-size=64" };
  cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 1, gatewayEnv });
  person = await signUp(cluster.auth.url, "Ada");
});
afterAll(() => cluster.close());

async function openReaders(count: number, roomId: string, script: Script): Promise<CountingReader[]> {
  const readers: CountingReader[] = [];
  for (let n = 0; n < count; n++) {
    readers.push(await openCountingReader(cluster.gateways[0]!.url, person, roomId, script));
  }
  return readers;
}

/** At a steady rate, from ten connections, until it is over; counted from when each message was due. */
async function send(roomId: string, script: Script, over: AbortSignal): Promise<void> {
  const senders = await Promise.all(Array.from({ length: 10 }, () => openRaw(cluster.gateways[0]!.url, person)));
  const startMs = performance.now();
  for (let n = 0; !over.aborted; n++) {
    const dueAtMs = startMs + (n * 1_000) / perSecond;
    await sleep(Math.max(0, dueAtMs - performance.now()));
    const tempId = randomUUID();
    script.add(tempId, dueAtMs);
    const body = JSON.stringify({ roomId, tempId, content });
    senders[n % senders.length]!.send("SEND", { destination: "/app/chat" }, body);
  }
  for (const sender of senders) sender.close();
}

async function readSessions(): Promise<number> {
  return ((await (await fetch(`${cluster.gateways[0]!.url}/server`)).json()) as { sessions: number }).sessions;
}

/** How many connections were ended for reading too slowly. */
async function readCut(): Promise<number> {
  const metrics = await (await fetch(`${cluster.gateways[0]!.url}/metrics`)).text();
  return Number(/frames_refused_total\{[^}]*code="SLOW_CONSUMER"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function readResidentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Twenty readers stop; the load goes on until they are cut. Answers how long that took, in milliseconds. */
async function stopReaders(roomId: string, script: Script): Promise<number> {
  const stopped = await openReaders(stoppedCount, roomId, script);
  for (const { socket } of stopped) socket.pause();
  const before = await readCut();
  const startMs = performance.now();
  const over = new AbortController();
  const sending = send(roomId, script, over.signal);
  await expect.poll(readCut, { timeout: 60_000, interval: 100 }).toBe(before + stoppedCount);
  const cutMs = performance.now() - startMs;
  over.abort();
  await sending;
  for (const { socket } of stopped) socket.terminate();
  return cutMs;
}

test("readers that stop are cut, the others miss nothing, and a second time takes no more memory (F-40, B-58)", async () => {
  const { pid } = cluster.gateways[0]!;
  const roomId = randomUUID();
  const script = new Script();
  const readers = await openReaders(readersCount, roomId, script);

  const first = { cutMs: await stopReaders(roomId, script), residentMiB: await readResidentMiB(pid) };
  const second = { cutMs: await stopReaders(roomId, script), residentMiB: await readResidentMiB(pid) };
  expect(second.residentMiB).toBeLessThan(first.residentMiB + 20);
  await expect.poll(readSessions, { timeout: 15_000 }).toBe(readersCount);

  const total = script.dueAtMs.length;
  await expect
    .poll(() => readers.filter(({ confirmed }) => confirmed.length < total).length, { timeout: 30_000 })
    .toBe(0);
  for (const { confirmed, previewed, unseen } of readers) {
    expect(confirmed).toEqual(readers[0]!.confirmed);
    expect(new Set(confirmed).size).toBe(total);
    expect(new Set(previewed).size).toBe(previewed.length);
    expect(unseen).toBe(0);
  }
  const latenciesMs = readers.flatMap((reader) => reader.latenciesMs);
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(latenciesMs, share).toFixed(1));
  const shown = [first, second].map(
    ({ cutMs, residentMiB }) => `${cutMs.toFixed(0)} ms, ${residentMiB.toFixed(0)} MiB`,
  );
  console.log(`cut after ${shown.join("; then ")}. The others' previews: p50 ${p50} ms, p99 ${p99} ms (goal 250)`);
  for (const { socket } of readers) socket.terminate();
});
