// Rooms full of subscribers, some of whom publish: in a closed loop as fast as their own messages come back, or in an
// open one at random moments. Every delivery is checked.
import { setTimeout as sleep } from "node:timers/promises";
import { percentileOf } from "../statistics.ts";
import { Checker } from "./checker.ts";
import { openLink, type Link } from "./link.ts";
import type { Load, LoadResult, Report } from "./job.ts";
import { formatMarker, MarkerFinder, readNumber, readPublisher } from "./marker.ts";

const openAtOnce = 50;
/** How long after the load everything must have arrived. */
const drainMsMax = 10_000;
/** Makes tempIds of this run different from those of others. */
const run = Math.floor(Math.random() * 0xffffffff)
  .toString(16)
  .padStart(8, "0");

/** About 150 octets. */
function formatBody(room: string, publisher: number, number: number): string {
  const digits = publisher.toString(16).padStart(4, "0") + number.toString(16).padStart(8, "0");
  return `{"roomId":"${room}","tempId":"${run}-0000-4000-8000-${digits}","content":"${formatMarker(publisher, number)} how are you, and what is new?"}`;
}

export async function runLoad(job: Load, report: (what: Report) => void, go: () => Promise<void>): Promise<void> {
  const { rooms, subscribersPerRoom, publishersPerRoom, depth } = job;
  const checker = new Checker(rooms * publishersPerRoom, rooms * subscribersPerRoom);
  const links = await openAll(job);
  const publisherLinks = Array.from({ length: rooms * publishersPerRoom }, (_, publisher) => {
    const room = Math.floor(publisher / publishersPerRoom);
    return links[room * subscribersPerRoom + (publisher % publishersPerRoom)]!;
  });
  /** When each message was due; open loop only. */
  const dueMs: number[][] = publisherLinks.map(() => []);
  const latencies: number[] = [];
  let deliveries = 0;
  let isPublishing = true;
  let isMeasuring = false;

  function publish(publisher: number) {
    const room = `room-${Math.floor(publisher / publishersPerRoom)}`;
    publisherLinks[publisher]!.publish(formatBody(room, publisher, checker.publish(publisher)));
  }

  for (const [subscriber, link] of links.entries()) {
    const room = Math.floor(subscriber / subscribersPerRoom);
    const place = subscriber % subscribersPerRoom;
    const own = place < publishersPerRoom && depth > 0 ? room * publishersPerRoom + place : -1;
    for (let n = 0; n < publishersPerRoom; n++) checker.expect(subscriber, room * publishersPerRoom + n);
    const finder = new MarkerFinder();
    link.onFrame = (buffer, start, end) => {
      const at = finder.find(buffer, start, end);
      if (at < 0) return;
      const publisher = readPublisher(buffer, at);
      const number = readNumber(buffer, at);
      checker.deliver(subscriber, publisher, number);
      deliveries++;
      if (publisher === own && isPublishing) publish(publisher);
      if (depth === 0 && isMeasuring) latencies.push(performance.now() - dueMs[publisher]![number]!);
    };
  }

  report({ kind: "ready" });
  await go();
  const over = new AbortController();
  const playing =
    depth > 0 ? startClosedLoop(publisherLinks.length, depth, publish) : playOpenLoop(job, over.signal, dueMs, publish);
  await sleep(job.warmMs);
  report({ kind: "measuring" });
  isMeasuring = true;
  const before = { deliveries, atMs: performance.now(), cpu: process.cpuUsage() };
  await sleep(job.measureMs);
  const seconds = (performance.now() - before.atMs) / 1_000;
  const { user, system } = process.cpuUsage(before.cpu);
  isMeasuring = false;
  const result: LoadResult = {
    deliveries: deliveries - before.deliveries,
    seconds,
    generatorShare: (user + system) / 1e6 / seconds,
  };
  if (depth === 0) result.latency = summarise(latencies);
  report({ kind: "measured", result });

  isPublishing = false;
  over.abort();
  await playing;
  for (const untilMs = performance.now() + drainMsMax; !checker.isComplete && performance.now() < untilMs;)
    await sleep(50);
  await sleep(200); // What comes twice comes now.
  report({ kind: "checked", faults: checker.finish() });
}

async function openAll({ dialect, ports, tokens, rooms, subscribersPerRoom, ownIds }: Load): Promise<Link[]> {
  const links: Link[] = [];
  let next = 0;
  async function openSome() {
    while (next < rooms * subscribersPerRoom) {
      const n = next++;
      links[n] = await openLink({
        dialect,
        port: ports[n % ports.length]!,
        room: `room-${Math.floor(n / subscribersPerRoom)}`,
        token: tokens[n % tokens.length] ?? "",
        subscriptionId: ownIds ? `sub-${n}` : "sub-0",
      });
    }
  }
  await Promise.all(Array.from({ length: openAtOnce }, openSome));
  return links;
}

async function startClosedLoop(publishers: number, depth: number, publish: (publisher: number) => void): Promise<void> {
  for (let n = 0; n < depth; n++) for (let publisher = 0; publisher < publishers; publisher++) publish(publisher);
}

/** Poisson arrivals; what is late is sent at once, and counts from when it was due. */
async function playOpenLoop(
  { perSecond }: Load,
  over: AbortSignal,
  dueMs: number[][],
  publish: (publisher: number) => void,
): Promise<void> {
  let nextMs = performance.now();
  while (!over.aborted) {
    for (const nowMs = performance.now(); nextMs <= nowMs;) {
      const publisher = Math.floor(Math.random() * dueMs.length);
      dueMs[publisher]!.push(nextMs);
      publish(publisher);
      nextMs += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    await sleep(Math.max(0, nextMs - performance.now()));
  }
}

function summarise(latencies: number[]) {
  const sorted = Float64Array.from(latencies).toSorted();
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentileOf(sorted, share)) as [number, number, number];
  return { p50, p99, p999 };
}
