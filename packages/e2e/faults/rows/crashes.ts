// F-11 to F-13: what would crash a process, or fill its memory.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { longestReceiptS } from "../figures.ts";
import { countHeld, portOf } from "../held-sockets.ts";
import { runInside } from "../inspector.ts";
import { readUsage } from "../process-tree.ts";
import type { Row } from "../row.ts";
import { startFlood } from "../slow-readers.ts";
import { secondsUntil } from "../waiting.ts";

const entryOf = (roomId: string, more: Record<string, unknown>) =>
  JSON.stringify({
    roomId,
    tempId: randomUUID(),
    sender: "poison",
    senderName: "Poison",
    content: "x",
    via: "poison.1",
    ...more,
  });

export const poison: Row = {
  id: "F-11",
  title: "poison entries in the log: wrong fields, no JSON, NUL, a lone surrogate, too large",
  rounds: 10,
  normalWithinMs: 5_000,
  async run({ stack: { redisClient }, load, rounds, fault, bound }) {
    const room = load.rooms[0]!;
    const entries = [
      ["nothing", "of ours"],
      ["payload", "no JSON"],
      ["payload", "{}"],
      ["payload", entryOf(room, { tempId: "no UUID" })],
      ["payload", entryOf(room, { content: "\0" })],
      ["payload", entryOf(room, { content: "\ud800" })],
      ["payload", entryOf(room, { sender: "\0" })],
    ] as const;
    const before = await redisClient.xlen("chat-message:dead");
    for (let round = 0; round < rounds; round++) {
      for (const [field, value] of entries) await redisClient.xadd("chat-message:log", "*", field, value);
      await sleep(200);
    }
    fault.endMs = performance.now();
    const all = before + rounds * entries.length;
    const buried = await secondsUntil(async () => (await redisClient.xlen("chat-message:dead")) >= all, 15_000);
    bound("all in the dead log after", buried, 5, "s");
  },
  judge: ({ load, fault, bound }) =>
    bound("longest wait for a RECEIPT", longestReceiptS(load.recording, fault), 5, "s"),
};

const faultsOfCode = {
  "an exception": "setTimeout(() => { throw new Error('planted') })",
  "a rejection": "void Promise.reject(new Error('planted'))",
};

export const uncaught: Row = {
  id: "F-12",
  title: "an exception and a rejection that nobody catches, in each kind of service",
  rounds: 1,
  async run({ stack, bound, fault }) {
    for (const service of [stack.auth, stack.histories[0]!, stack.gateways[0]!])
      for (const [what, line] of Object.entries(faultsOfCode)) {
        const died = service.exits.length;
        await runInside(service, line);
        bound(
          `${service.name} ended by ${what} after`,
          await secondsUntil(() => service.exits.length > died, 10_000, 5),
          1,
          "s",
        );
        bound("with exit code 0", service.exits.at(-1)?.code === 0 ? 1 : 0, 0, "");
        await sleep(100);
        await service.untilReady();
        fault.endMs = performance.now();
      }
  },
};

const slowReaders = 100;

export const outOfMemory: Row = {
  id: "F-13",
  title: `a heap of 256 MiB and ${slowReaders} subscribers of a busy room that stop reading`,
  rounds: 1,
  load: { contentLength: 2_048 },
  async openStack() {
    const small: Record<string, string> = { NODE_OPTIONS: "--max-old-space-size=256" };
    return { gatewayEnv: (index) => (index === 0 ? small : {}) };
  },
  async run({ stack, load, fault, bound, fact, lastingMs }) {
    const [limited] = stack.gateways;
    const room = load.rooms[0]!;
    const died = limited!.exits.length;
    const stopped = Array.from({ length: slowReaders }, () => load.addClient([room], [limited!.url]));
    await secondsUntil(() => stopped.every(({ stands }) => stands), 20_000);
    const flood = startFlood(load, room, 200);
    for (const client of stopped) client.stopReading();
    const ports = stopped.map(({ localPort }) => localPort);
    const cut = await secondsUntil(async () => (await countHeld(portOf(limited!), ports)) === 0, lastingMs(120), 200);
    bound("all cut after", cut, 60, "s");
    flood.stop();
    fact(`memory ${((await readUsage(limited!.pid))?.residentMiB ?? 0).toFixed(0)} MiB`);
    bound("ends of the process", limited!.exits.length - died, 0, "");
    for (const client of stopped) client.readOn();
    fault.endMs = performance.now();
  },
};
