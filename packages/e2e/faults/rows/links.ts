// F-46: services that are far from each other.
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { percentile } from "../../src/counting-reader.ts";
import { countReceipts, describeRefusals, lostConnections } from "../figures.ts";
import type { Latency } from "../latency.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";
import { startSampling } from "../sampling.ts";

/** A little more than must come through. */
const sentPerSecond = 210;
const receiptedPerSecondMin = 200;
/** What was sent before the links became long is not counted. */
const settleMs = 5_000;
const sampleMs = 100;

/** How long a round trip over one of the links takes: what is above its latency is the suite's own doing. */
async function timeTrip(redis: Redis): Promise<number> {
  const startMs = performance.now();
  await redis.ping();
  return performance.now() - startMs;
}

async function runFar({ stack, load, fault, lastingMs, fact }: RowContext, eachWay: Latency): Promise<void> {
  load.setRate(sentPerSecond);
  for (const proxy of stack.proxies) proxy.delay(eachWay);
  const pinging = new Redis(`redis://127.0.0.1:${stack.redisProxies[0]!.port}`);
  await sleep(settleMs);
  const stop = startSampling(sampleMs, () => timeTrip(pinging));
  fault.startMs = performance.now();
  await sleep(lastingMs(60));
  fault.endMs = performance.now();
  const tripsMs = await stop();
  pinging.disconnect();
  const [p50, p99] = [0.5, 0.99].map((share) => Math.round(percentile(tripsMs, share)));
  fact(`a round trip took p50 ${p50} ms, p99 ${p99} ms`);
  for (const proxy of stack.proxies) proxy.delay(undefined);
}

function judgeFar({ load, fault, timeline, bound, fact }: Aftermath): void {
  const { receiptP50, receiptP99 } = timeline.speed(fault.startMs, fault.endMs);
  fact(`p50 of receipts ${Math.round(receiptP50)} ms`);
  bound("p99 of receipts meanwhile", receiptP99, 2_000, "ms");
  const perSecond = (1_000 * countReceipts(load.recording, fault)) / (fault.endMs - fault.startMs);
  fact(`${perSecond.toFixed(1)} receipts per second`);
  bound("lacking to 200 per second", Math.max(0, Math.ceil(receiptedPerSecondMin - perSecond)), 0, "");
  bound("connections lost", lostConnections(load.recording, fault).length, 0, "");
  fact(`refused: ${describeRefusals(load.recording, fault)}`);
}

const far = {
  rounds: 1,
  normalWithinMs: 10_000,
  openStack: async () => ({ isProxied: true }),
  judge: judgeFar,
};

/** As ping would say. */
export const longRoundTrip: Row = {
  ...far,
  id: "F-46a",
  title: "200 ± 20 ms there and back on all links between services",
  run: (context) => runFar(context, { ms: 100, jitterMs: 10 }),
};

/** The stricter way to read the row. */
export const longWay: Row = {
  ...far,
  id: "F-46b",
  title: "200 ± 20 ms in each direction on all links between services",
  run: (context) => runFar(context, { ms: 200, jitterMs: 20 }),
};
