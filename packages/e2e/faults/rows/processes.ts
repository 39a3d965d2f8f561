// F-01 to F-07: processes that are killed or stopped.
import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../src/counting-reader.ts";
import { describeRefusals, longestReceiptS, lostConnections } from "../figures.ts";
import type { Aftermath, Row } from "../row.ts";
import { untilWriterBeside } from "../writers.ts";
import { secondsUntil } from "../waiting.ts";

export const killGateway: Row = {
  id: "F-01",
  title: "kill -9 of one chat-ws in mid-stream",
  rounds: 1,
  normalWithinMs: 15_000,
  async run({ stack, random, fault, lastingMs }) {
    const victim = stack.gateways[Math.floor(random() * stack.gateways.length)]!;
    fault.startMs = performance.now();
    await victim.end("SIGKILL");
    fault.endMs = performance.now();
    await sleep(lastingMs(10));
    victim.start();
    await victim.untilReady();
  },
  judge(context) {
    const { load, fault, bound, fact, timeline } = context;
    const lost = lostConnections(load.recording, { startMs: fault.startMs, endMs: fault.startMs + 2_000 });
    const seenMs = lost.map(({ closedMs }) => closedMs! - fault.startMs);
    fact(`${lost.length} connections lost`);
    bound("the last of them noticed after", Math.max(0, ...seenMs) / 1_000, 1, "s");
    bound("connected elsewhere, p99", reconnectP99S(context, lost), 10, "s");
    const later = { startMs: fault.startMs + 2_000, endMs: fault.startMs + 10_000 };
    bound("connections of others lost", lostConnections(load.recording, later).length, 0, "");
    bound("p99 preview in the 10 s after", timeline.speed(fault.startMs, fault.startMs + 10_000).previewP99, 200, "ms");
  },
};

function reconnectP99S({ load: { recording } }: Aftermath, lost: ReturnType<typeof lostConnections>): number {
  const tookS = lost.map(({ client, closedMs }) => {
    const next = recording.connections.find((other) => other.client === client && (other.connectedMs ?? 0) > closedMs!);
    return ((next?.connectedMs ?? Infinity) - closedMs!) / 1_000;
  });
  return percentile(tookS, 0.99);
}

export const killAllGateways: Row = {
  id: "F-02",
  title: "kill -9 of all chat-ws, back after 3 s",
  rounds: 1,
  normalWithinMs: 30_000,
  async run({ stack, load, fault, bound }) {
    await Promise.all(stack.gateways.map((gateway) => gateway.end("SIGKILL")));
    await sleep(3_000);
    for (const gateway of stack.gateways) gateway.start();
    fault.endMs = performance.now();
    const back = await secondsUntil(() => load.clients.every(({ stands }) => stands), 60_000);
    bound("all connections back after", back, 15, "s");
  },
};

export const killWriter: Row = {
  id: "F-03",
  title: "kill -9 of the chat-history that writes, at random moments",
  rounds: 50,
  normalWithinMs: 15_000,
  async run({ stack, random, rounds, tell, fact, bound, fault }) {
    const tookS: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      await sleep(2_000 + random() * 6_000);
      const writer = await stack.findWriter();
      if (!writer) {
        fact("nobody wrote when a round began");
        continue;
      }
      await writer.end("SIGKILL");
      fault.endMs = performance.now();
      tookS.push((await untilWriterBeside(stack, writer)) ?? Infinity);
      writer.start();
      await writer.untilReady();
      if (round % 5 === 0)
        tell(`${round} of ${rounds} kills, taken over after ${percentile(tookS, 1).toFixed(1)} s at most`);
    }
    fact(`${tookS.length} kills`);
    bound("takeover at most", percentile(tookS, 1), 5, "s");
  },
  judge: ({ load, fault, bound }) =>
    bound("longest wait for a RECEIPT", longestReceiptS(load.recording, fault), 10, "s"),
};

export const stopWriter: Row = {
  id: "F-06",
  title: "SIGSTOP of the chat-history that writes, SIGCONT 60 s later",
  rounds: 1,
  normalWithinMs: 15_000,
  async run({ stack, fault, bound, fact, lastingMs }) {
    const writer = await stack.findWriter();
    if (!writer) throw new Error("nobody writes");
    writer.signal("SIGSTOP");
    const stoppedMs = performance.now();
    bound("takeover", await untilWriterBeside(stack, writer), 15, "s");
    await sleep(Math.max(0, stoppedMs + lastingMs(60) - performance.now()));
    const told = () => writer.readMetric("recorder_entries_total");
    writer.signal("SIGCONT");
    fault.endMs = performance.now();
    const early = (await told()) ?? 0;
    await sleep(5_000);
    bound("still the writer after it woke", (await writer.readMetric("recorder_active")) ?? 0, 0, "");
    fact(writer.isRunning ? "the woken one became standby" : "the woken one ended");
    bound("entries it finished after it woke", ((await told()) ?? early) - early, 0, "");
  },
  judge: ({ load, fault, fact }) => fact(`refused: ${describeRefusals(load.recording, fault)}`),
};

export const killAuth: Row = {
  id: "F-07",
  title: "kill -9 of chat-auth, back after 60 s",
  rounds: 1,
  normalWithinMs: 0,
  async run({ stack, fault, lastingMs }) {
    await stack.auth.end("SIGKILL");
    await sleep(lastingMs(60));
    stack.auth.start();
    await stack.auth.untilReady();
    fault.endMs = performance.now();
  },
  judge({ load, fault, bound, fact }) {
    const { connections } = load.recording;
    bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
    const made = connections.filter(({ startedMs }) => startedMs > fault.startMs && startedMs < fault.endMs - 5_000);
    fact(`${made.length} CONNECTs meanwhile`);
    bound("of them failed", made.filter(({ connectedMs }) => connectedMs === undefined).length, 0, "");
    fact(`refused: ${describeRefusals(load.recording, fault)}`);
  },
};
