// F-38 to F-41: clients that vanish, hear without being heard, stop reading, or read too slowly.
import { setTimeout as sleep } from "node:timers/promises";
import { formatTopic } from "@parley/contracts";
import { openBareSocket } from "../bare-socket.ts";
import { describeEndsOf, lostConnections } from "../figures.ts";
import { countHeld, portOf } from "../held-sockets.ts";
import { readUsage } from "../process-tree.ts";
import type { Row, RowContext } from "../row.ts";
import { readSessions, startFlood } from "../slow-readers.ts";
import { startTcpProxy, type ProxyMode } from "../tcp-proxy.ts";
import { secondsUntil } from "../waiting.ts";

const vanishing = 20;
const beatMs = 10_000;

/** Clients behind a proxy that drops what they send, or all; the gateway must notice by their heart-beats. */
async function vanish({ stack, load, fault, bound }: RowContext, mode: ProxyMode): Promise<void> {
  const gateway = stack.gateways[0]!;
  const port = portOf(gateway);
  const proxy = await startTcpProxy(() => [port]);
  const clients = Array.from({ length: vanishing }, () =>
    load.addClient(load.rooms.slice(0, 2), [`http://127.0.0.1:${proxy.port}`]),
  );
  await secondsUntil(() => clients.every(({ stands }) => stands), 20_000);
  await sleep(1_000);
  for (const client of clients) client.vanish();
  proxy.mode(mode);
  fault.startMs = performance.now();
  const peers = proxy.serverPorts();
  const left = () => countHeld(port, peers);
  const gone = await secondsUntil(async () => (await left()) === 0, 6 * beatMs, 100);
  bound("sockets freed after", gone, (2 * beatMs) / 1_000 + 1, "s");
  for (const client of clients) client.close();
  await proxy.close();
  fault.endMs = performance.now();
}

export const vanished: Row = {
  id: "F-38",
  title: `${vanishing} clients vanish without a FIN`,
  rounds: 1,
  normalWithinMs: 10_000,
  run: (context) => vanish(context, "stall"),
};

export const unheard: Row = {
  id: "F-39",
  title: `${vanishing} clients hear and are not heard`,
  rounds: 1,
  normalWithinMs: 10_000,
  run: (context) => vanish(context, "deaf"),
};

const stopping = 20;
let cutMs: number;

export const slowConsumers: Row = {
  id: "F-40",
  title: `${stopping} subscribers of a room with 200 messages of 2 KiB per second stop reading`,
  rounds: 1,
  load: { contentLength: 2_048 },
  async run({ stack, load, fault, bound }) {
    const [gateway] = stack.gateways;
    const room = load.rooms[0]!;
    const flood = startFlood(load, room, 200);
    const stopped = Array.from({ length: stopping }, () => load.addClient([room], [gateway!.url]));
    await secondsUntil(() => stopped.every(({ stands }) => stands), 20_000);
    await sleep(5_000);
    const ports = stopped.map(({ localPort }) => localPort);
    const before = (await readUsage(gateway!.pid))!.residentMiB;
    fault.startMs = performance.now();
    for (const client of stopped) client.stopReading();
    let most = before;
    const cut = await secondsUntil(
      async () => {
        most = Math.max(most, (await readUsage(gateway!.pid))!.residentMiB);
        return (await countHeld(portOf(gateway!), ports)) === 0;
      },
      90_000,
      200,
    );
    cutMs = performance.now();
    bound("all cut after", cut, 60, "s");
    bound("memory grew by", most - before, stopping * 1.5, "MiB");
    for (const client of stopped) client.readOn();
    await sleep(5_000);
    flood.stop();
    fault.endMs = performance.now();
  },
  judge({ load, fault, fact, bound, timeline }) {
    bound("p99 preview of the others meanwhile", timeline.speed(fault.startMs, cutMs).previewP99, 250, "ms");
    const lost = load.recording.connections.filter(({ closedMs = 0, isOurs }) => isOurs && closedMs > fault.startMs);
    fact(describeEndsOf(lost));
  },
};

const trickling = 200;
const trickleBytes = 1_024;

export const slowReaders: Row = {
  id: "F-41",
  title: `${trickling} subscribers of that room read 1 KiB per second`,
  rounds: 1,
  load: { contentLength: 2_048 },
  async run({ stack, load, fault, bound, fact, lastingMs }) {
    const [gateway] = stack.gateways;
    const room = load.rooms[0]!;
    const before = (await readUsage(gateway!.pid))!.residentMiB;
    const sockets = await Promise.all(
      Array.from({ length: trickling }, () => openBareSocket(gateway!.url, load.reader.token, formatTopic(room))),
    );
    fault.startMs = performance.now();
    const reading = setInterval(() => {
      for (const socket of sockets) socket.read(trickleBytes);
    }, 1_000);
    const flood = startFlood(load, room, 200);
    let most = before;
    for (const endMs = performance.now() + lastingMs(60); performance.now() < endMs; await sleep(250))
      most = Math.max(most, (await readUsage(gateway!.pid))?.residentMiB ?? 0);
    flood.stop();
    clearInterval(reading);
    fact(
      `${sockets.filter(({ isClosed }) => isClosed).length} of ${trickling} seen cut by them, ${await readSessions([gateway!])} sessions left`,
    );
    bound("memory grew by", most - before, trickling, "MiB");
    for (const socket of sockets) socket.destroy();
    fault.endMs = performance.now();
  },
  judge: ({ load, fault, bound }) =>
    bound("connections of others lost", lostConnections(load.recording, fault).length, 0, ""),
};
