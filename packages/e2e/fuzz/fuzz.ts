// Damaged streams against a real chat-ws through its test door, beside a client that does everything right: the process
// must live, keep no session and no memory, and that client must not notice.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@parley/embedded";
import { startIssuer } from "@parley/tokens/issuer";
import { WebSocket } from "ws";
import { percentile } from "../src/counting-reader.ts";
import { startService, type ServiceProcess } from "../src/service-process.ts";
import { createRandom, makeStream } from "./streams.ts";

export interface FuzzReport {
  streams: number;
  seed: number;
  /** Resident memory after a tenth of the time, and at the end, in MiB. */
  residentMiB: { early: number; end: number };
  sessionsLeft: number;
  /** How long the good client waited for its own messages, in milliseconds. */
  waitMs: { p50: number; p99: number; max: number };
}

const atOnce = 20;
const paths = ["/lab/ws", "/lab/ws", "/ws", "/lab/sockjs/000/fuzz/websocket"];

/**
 * @param seconds how long
 * @param progress called now and then with what was done so far
 */
export async function fuzz(seconds: number, seed: number, progress: (line: string) => void): Promise<FuzzReport> {
  const [redis, issuer] = await Promise.all([startRedis(), startIssuer()]);
  const service = await startService("chat-ws", {
    PORT: "0",
    REDIS_URL: redis.url,
    AUTH_URL: issuer.url,
    HISTORY_URL: "http://127.0.0.1:9",
    SERVICE_TOKEN: "service-token-of-tests",
    CHAT_LAB: "1",
    EXEMPT_ADDRESSES: "loopback",
    CONNECTS_PER_SECOND_MAX: "1000000",
    CONNECTS_BURST_MAX: "1000000",
    // A small heap: what is kept then shows, and not what V8 has not collected yet.
    NODE_OPTIONS: "--max-old-space-size=64 --max-semi-space-size=6",
  });
  try {
    return await fuzzService(service, seconds, seed, progress);
  } finally {
    await service.end("SIGKILL");
    await Promise.all([redis.stop(), issuer.close()]);
  }
}

async function fuzzService(
  service: ServiceProcess,
  seconds: number,
  seed: number,
  progress: (line: string) => void,
): Promise<FuzzReport> {
  const url = service.url.replace("http", "ws");
  const endMs = performance.now() + seconds * 1_000;
  let streams = 0;
  async function attack() {
    while (performance.now() < endMs) {
      const random = createRandom(seed + streams++);
      await playStream(url + paths[Math.floor(random() * paths.length)]!, makeStream(random), random);
    }
  }
  const good = startGoodClient(`${url}/lab/ws`);
  const attacks = Promise.all(Array.from({ length: atOnce }, attack));
  await sleep(seconds * 100);
  const early = await readResidentMiB(service.pid);
  const telling = setInterval(
    () => progress(`${streams} streams, ${Math.round((endMs - performance.now()) / 1_000)} s to go`),
    15_000,
  );
  await attacks;
  clearInterval(telling);
  const waitsMs = await good.stop();
  const sessionsLeft = await untilEmpty(service.url);
  return {
    streams,
    seed,
    residentMiB: { early, end: await readResidentMiB(service.pid) },
    sessionsLeft,
    waitMs: { p50: percentile(waitsMs, 0.5), p99: percentile(waitsMs, 0.99), max: percentile(waitsMs, 1) },
  };
}

/** Sends the chunks, as text or binary, and leaves: in good order, or not. */
async function playStream(url: string, chunks: Buffer[], random: () => number): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("error", () => {}); // Close tells.
  const closed = once(socket, "close");
  await Promise.race([once(socket, "open"), closed]);
  const isFramed = url.endsWith("/websocket");
  for (const chunk of chunks) {
    if (socket.readyState !== socket.OPEN) break;
    socket.send(isFramed ? JSON.stringify([chunk.toString("latin1")]) : chunk, { binary: !isFramed && random() < 0.5 });
  }
  if (random() < 0.5) socket.close();
  else setTimeout(() => socket.terminate(), 20);
  await closed;
}

/** Sends itself a message every 20 ms. */
function startGoodClient(url: string) {
  const over = new AbortController();
  const waitsMs: number[] = [];
  const running = (async () => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, "open");
    socket.send("CONNECT\naccept-version:1.2\nhost:x\nlogin:lab\npasscode:lab\nheart-beat:0,0\n\n\0");
    await once(socket, "message");
    socket.send("SUBSCRIBE\nid:1\ndestination:/topic/good\n\n\0");
    while (!over.signal.aborted) {
      const sentMs = performance.now();
      socket.send("SEND\ndestination:/topic/good\n\nhello\0");
      let data: Buffer;
      do [data] = (await once(socket, "message")) as [Buffer];
      while (data.length < 5);
      if (!data.toString().startsWith("MESSAGE")) throw new Error(data.toString());
      waitsMs.push(performance.now() - sentMs);
      await sleep(20);
    }
    socket.close();
  })();
  return {
    async stop() {
      over.abort();
      await running;
      return waitsMs;
    },
  };
}

/** How many sessions are left once those that were cut have had their time. */
async function untilEmpty(url: string): Promise<number> {
  let sessions = Infinity;
  for (const endMs = performance.now() + 15_000; sessions > 0 && performance.now() < endMs; await sleep(100)) {
    ({ sessions } = (await (await fetch(`${url}/server`)).json()) as { sessions: number });
  }
  return sessions;
}

async function readResidentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
