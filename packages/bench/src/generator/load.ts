// Rooms full of subscribers, some of whom publish: in a closed loop as fast as their own messages come back, or in an
// open one at random moments. Every delivery is checked.
import { setTimeout as sleep } from "node:timers/promises";
import { playArrivals } from "./arrivals.ts";
import { formatBody } from "./body.ts";
import { Checker } from "./checker.ts";
import { openLinks, type Link } from "./link.ts";
import type { Load, Report } from "./job.ts";
import { MarkerFinder, readNumber, readPublisher } from "./marker.ts";
import { Window } from "./window.ts";

/** How long after the load everything must have arrived. */
const drainMsMax = 10_000;

export async function runLoad(job: Load, report: (what: Report) => void, go: () => Promise<void>): Promise<void> {
  const { rooms, subscribersPerRoom, publishersPerRoom, depth, perSecond } = job;
  const checker = new Checker(rooms * publishersPerRoom, rooms * subscribersPerRoom);
  const links = await openAll(job);
  const publisherLinks = Array.from({ length: rooms * publishersPerRoom }, (_, publisher) => {
    const room = Math.floor(publisher / publishersPerRoom);
    return links[room * subscribersPerRoom + (publisher % publishersPerRoom)]!;
  });
  const publishers = publisherLinks.length;
  /** When each message was due; open loop only. */
  const dueMs: number[][] = publisherLinks.map(() => []);
  const window = new Window();
  let deliveries = 0;
  let isPublishing = true;

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
      if (depth === 0) window.note(performance.now() - dueMs[publisher]![number]!);
    };
  }

  report({ kind: "ready" });
  await go();
  const over = new AbortController();
  const publishDue = (publisher: number, atMs: number) => {
    dueMs[publisher]!.push(atMs);
    publish(publisher);
  };
  let playing: Promise<void> | undefined;
  if (depth === 0) playing = playArrivals({ perSecond, publishers, over: over.signal, publish: publishDue });
  else for (let n = 0; n < depth * publishers; n++) publish(n % publishers);
  const result = await window.pass({ ...job, report, readCount: () => deliveries });
  report({ kind: "measured", result });

  isPublishing = false;
  over.abort();
  await playing;
  for (const untilMs = performance.now() + drainMsMax; !checker.isComplete && performance.now() < untilMs;)
    await sleep(50);
  await sleep(200); // What comes twice comes now.
  report({ kind: "checked", faults: checker.finish() });
}

function openAll({ dialect, ports, tokens, rooms, subscribersPerRoom, ownIds }: Load): Promise<Link[]> {
  return openLinks(rooms * subscribersPerRoom, (n) => ({
    dialect,
    port: ports[n % ports.length]!,
    room: `room-${Math.floor(n / subscribersPerRoom)}`,
    token: tokens[n % tokens.length] ?? "",
    subscriptionId: ownIds ? `sub-${n}` : "sub-0",
  }));
}
