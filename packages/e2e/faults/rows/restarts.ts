// F-08 and F-09: processes that are stopped in good order.
import { setTimeout as sleep } from "node:timers/promises";
import { lostConnections } from "../figures.ts";
import type { Aftermath, Row } from "../row.ts";
import { secondsUntil } from "../waiting.ts";

export const stopGateway: Row = {
  id: "F-08",
  title: "SIGTERM of one chat-ws",
  rounds: 1,
  normalWithinMs: 15_000,
  async run({ stack, random, fault, bound, lastingMs }) {
    const victim = stack.gateways[Math.floor(random() * stack.gateways.length)]!;
    fault.startMs = performance.now();
    const ended = victim.end("SIGTERM");
    bound("not ready after", await secondsUntil(async () => !(await victim.isReady()), 15_000, 5), 0.5, "s");
    const code = await ended;
    fault.endMs = performance.now();
    bound("ended after", (fault.endMs - fault.startMs) / 1_000, 15, "s");
    bound("exit code", code ?? 255, 0, "");
    await sleep(lastingMs(5));
    victim.start();
    await victim.untilReady();
  },
  judge({ load, fault, bound, fact }) {
    const lost = lostConnections(load.recording, { startMs: fault.startMs, endMs: fault.endMs + 1_000 });
    const times = lost.map(({ closedMs }) => (closedMs! - fault.startMs) / 1_000);
    fact(`${lost.length} connections sent away over ${Math.max(0, ...times).toFixed(1)} s`);
    const rude = lost.filter(({ closeCode, error }) => closeCode !== 1012 || error !== "RESTART");
    bound("of them not by RESTART and 1012", rude.length, 0, "");
  },
};

export const rollingRestart: Row = {
  id: "F-09",
  title: "rolling restart of all six processes at 600 messages per second",
  rounds: 1,
  normalWithinMs: 10_000,
  load: { perSecond: 600 },
  async run({ stack, tell, fault, bound }) {
    for (const service of stack.services) {
      const code = await service.end("SIGTERM");
      bound(`exit code of ${service.name}`, code ?? 255, 0, "");
      service.start();
      await service.untilReady();
      tell(`${service.name} is back`);
    }
    fault.endMs = performance.now();
  },
  judge(context) {
    const { load, fault, bound, stack } = context;
    const perClient = Map.groupBy(lostConnections(load.recording, fault), ({ client }) => client);
    const most = Math.max(0, ...[...perClient.values()].map((lost) => lost.length));
    bound("disconnects of one client at most", most, stack.gateways.length, "");
    bound("messages refused for more than 5 s", countLongRefused(context), 0, "");
  },
};

function countLongRefused({ load }: Aftermath): number {
  return load.recording.sends.filter(({ attempts, receiptMs = Infinity }) => {
    const refused = attempts.find(({ answer }) => answer !== undefined && answer !== "RECEIPT");
    return refused !== undefined && receiptMs - refused.answeredMs! > 5_000;
  }).length;
}
