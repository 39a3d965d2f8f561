// F-54: a process has no descriptors left.
import { setTimeout as sleep } from "node:timers/promises";
import { createCall, describeCalls } from "../caller.ts";
import { limitDescriptors, occupy } from "../descriptors.ts";
import { lostConnections } from "../figures.ts";
import { portOf } from "../held-sockets.ts";
import { arrive } from "../newcomer.ts";
import { readUsage } from "../process-tree.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";
import { startSampling } from "../sampling.ts";
import type { Supervised } from "../supervised.ts";
import { secondsUntil } from "../waiting.ts";

const descriptorsMax = 256;
const occupying = 400;
const sampleMs = 250;
const recoveredMsMax = 30_000;

/** @param isServed whether somebody new is */
async function exhaust(context: RowContext, victim: Supervised, isServed: () => Promise<boolean>): Promise<void> {
  const { fault, lastingMs, bound, fact } = context;
  const died = victim.exits.length;
  const callAnew = createCall(victim.url, "/health/live", { keepsConnection: false });
  const callAgain = createCall(victim.url, "/health/live", { keepsConnection: true });
  await callAgain();
  const again = startSampling(sampleMs, callAgain);
  const unlimit = await limitDescriptors(victim.pid, descriptorsMax);
  fault.startMs = performance.now();
  const occupation = occupy(portOf(victim), occupying);
  const full = async () => ((await readUsage(victim.pid))?.descriptors ?? 0) >= descriptorsMax - 1;
  bound("descriptors exhausted after", await secondsUntil(full, 10_000), 10, "s");
  const anew = startSampling(sampleMs, callAnew);
  await sleep(lastingMs(30));
  const [newAnswers, oldAnswers] = await Promise.all([anew(), again()]);
  occupation.end();
  fault.endMs = performance.now();
  fact(`new connections: ${describeCalls(newAnswers)}`);
  bound("of them neither served nor refused", newAnswers.filter((answer) => answer === "no answer").length, 0, "");
  fact(`an open connection: ${describeCalls(oldAnswers)}`);
  bound("of it not served", oldAnswers.filter((answer) => answer !== "200").length, 0, "");
  bound("newcomers served again after", await secondsUntil(isServed, recoveredMsMax), 5, "s");
  bound("ends of the process", victim.exits.length - died, 0, "");
  await unlimit();
}

function judgeServed({ load, fault, timeline, bound }: Aftermath): void {
  bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
  const { receiptP99, previewP99 } = timeline.speed(fault.startMs, fault.endMs);
  bound("p99 of receipts meanwhile", receiptP99, 500, "ms");
  bound("p99 preview meanwhile", previewP99, 200, "ms");
}

export const gatewayDescriptors: Row = {
  id: "F-54a",
  title: `a chat-ws may have ${descriptorsMax} descriptors, and ${occupying} sockets want them`,
  rounds: 1,
  normalWithinMs: 10_000,
  async run(context) {
    const [victim] = context.stack.gateways;
    const { token } = context.load.reader;
    await exhaust(context, victim!, async () => (await arrive(victim!.url, token, 1_000)).outcome === "CONNECTED");
  },
  judge: judgeServed,
};

export const historyDescriptors: Row = {
  id: "F-54b",
  title: `the chat-history that writes may have ${descriptorsMax} descriptors, and ${occupying} sockets want them`,
  rounds: 1,
  normalWithinMs: 10_000,
  async run(context) {
    const victim = await context.stack.findWriter();
    if (!victim) throw new Error("nobody writes");
    await exhaust(context, victim, () => victim.isReady());
    const writer = await context.stack.findWriter();
    context.fact(writer === victim ? "it went on to write" : "another one wrote in the end");
  },
  judge: judgeServed,
};
