// Senders who want a RECEIPT for every message: in a closed loop the next one goes when one is answered, in an open one
// at random moments. Every receipt is checked; what is stored is for others to check.
import { setTimeout as sleep } from "node:timers/promises";
import { playArrivals } from "./arrivals.ts";
import { formatBody } from "./body.ts";
import { Checker } from "./checker.ts";
import { openLinks, type Link } from "./link.ts";
import type { Report, Sending } from "./job.ts";
import { formatMarker, MarkerFinder, readNumber } from "./marker.ts";
import { Window } from "./window.ts";

/** Longer than a server may take to answer (guarantee G-9). */
const drainMsMax = 12_000;
/** First letters of the frames that matter. */
const receipt = 82; // R
const error = 69; // E

export async function runSending(job: Sending, report: (what: Report) => void, go: () => Promise<void>): Promise<void> {
  const { rooms, senders, depth, perSecond } = job;
  const checker = new Checker(senders, senders);
  const links = await openAll(job);
  const window = new Window();
  /** When each message was sent, or due. */
  const fromMs: number[][] = links.map(() => []);
  let receipts = 0;
  let refused = 0;
  let isSending = true;

  function send(sender: number, atMs: number) {
    const number = checker.publish(sender);
    fromMs[sender]!.push(atMs);
    gather(links[sender]!).publish(formatBody(`room-${sender % rooms}`, sender, number), formatMarker(sender, number));
  }

  for (const [sender, link] of links.entries()) {
    checker.expect(sender, sender);
    const finder = new MarkerFinder();
    link.onFrame = (buffer, start, end) => {
      if (buffer[start] === error) {
        if (refused++ === 0) console.error(buffer.toString("utf8", start, end));
      } else if (buffer[start] === receipt) {
        const number = readNumber(buffer, finder.find(buffer, start, end));
        const nowMs = performance.now();
        checker.deliver(sender, sender, number);
        receipts++;
        window.note(nowMs - fromMs[sender]![number]!);
        if (depth > 0 && isSending) send(sender, nowMs);
      }
    };
  }

  report({ kind: "ready" });
  await go();
  const over = new AbortController();
  let playing: Promise<void> | undefined;
  if (depth === 0) playing = playArrivals({ perSecond, publishers: senders, over: over.signal, publish: send });
  else for (let n = 0; n < depth * senders; n++) send(n % senders, performance.now());
  const result = await window.pass({ ...job, report, readCount: () => receipts });
  report({ kind: "measured", result });

  isSending = false;
  over.abort();
  await playing;
  for (const untilMs = performance.now() + drainMsMax; !checker.isComplete && performance.now() < untilMs;)
    await sleep(50);
  await sleep(200); // What comes twice comes now.
  // Receipts may overtake each other: their order says nothing of that in the room.
  const { lost, doubled } = checker.finish();
  const sent = fromMs.map(({ length }) => length);
  report({ kind: "answered", answers: { sent, unanswered: lost, repeated: doubled, refused } });
}

/** What a chunk of receipts sets off leaves in one write. */
function gather(link: Link): Link {
  const { socket } = link;
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  return link;
}

function openAll({ dialect, ports, tokens, rooms, senders, isSubscribed }: Sending): Promise<Link[]> {
  return openLinks(senders, (n) => ({
    dialect,
    port: ports[n % ports.length]!,
    room: `room-${n % rooms}`,
    token: tokens[n % tokens.length] ?? "",
    subscriptionId: isSubscribed ? "sub-0" : undefined,
  }));
}
