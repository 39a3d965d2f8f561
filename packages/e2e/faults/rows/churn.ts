// F-50: rooms that are opened and left again, thousands of them.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readHoldings } from "../leftovers.ts";
import { lostConnections } from "../figures.ts";
import type { Row } from "../row.ts";
import { visit } from "../visitor.ts";

const visits = 100;
const roomsEach = 100;
const everyMs = 1_000;
/** For what is kept a while on purpose, such as receipts under way. */
const settleMs = 10_000;
const memoryFactorMax = 1.2;

export const roomChurn: Row = {
  id: "F-50",
  title: `a client each second opens ${roomsEach} rooms of its own and leaves them, ${visits * roomsEach} in all`,
  rounds: visits,
  normalWithinMs: 10_000,
  async run({ stack, load, rounds, fault, tell, fact, bound }) {
    const before = await readHoldings(stack, load);
    fault.startMs = performance.now();
    const run = randomUUID().slice(0, 8);
    const failures: string[] = [];
    const under: Promise<void>[] = [];
    for (let n = 0; n < rounds; n++) {
      const gateway = stack.gateways[n % stack.gateways.length]!;
      const rooms = Array.from({ length: roomsEach }, (_, place) => `c-${run}-${n}-${place}`);
      under.push(
        visit(gateway.url, load.reader.token, rooms, n % 2 === 0).catch((error) => void failures.push(String(error))),
      );
      if (n % 20 === 19) tell(`${n + 1} of ${rounds} visits`);
      await sleep(everyMs);
    }
    await Promise.all(under);
    fault.endMs = performance.now();
    fact(`${rounds} visits of ${roomsEach} rooms`);
    bound("visits that failed", failures.length, 0, "");
    for (const failure of new Set(failures)) fact(failure);
    await sleep(settleMs);
    const after = await readHoldings(stack, load);
    bound("connections beyond the load's", Math.max(0, after.sessions - load.clients.length), 0, "");
    bound("open rooms beyond the load's", Math.max(0, after.rooms - load.rooms.length), 0, "");
    bound("more subscriptions in Redis than before", Math.max(0, after.channels - before.channels), 0, "");
    bound("more timers in chat-ws than before", Math.max(0, after.timers - before.timers), 0, "");
    const grown = [...after.memory].map(([name, mib]) => ({ name, had: before.memory.get(name) ?? NaN, mib }));
    fact(grown.map(({ name, had, mib }) => `${name} ${had.toFixed(0)} → ${mib.toFixed(0)} MiB`).join(", "));
    const most = Math.max(...grown.map(({ had, mib }) => mib / had));
    bound("memory in percent of what it was", 100 * most, 100 * memoryFactorMax, "%");
  },
  judge: ({ load, fault, bound }) =>
    bound("connections of others lost", lostConnections(load.recording, fault).length, 0, ""),
};
