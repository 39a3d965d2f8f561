// F-44 and F-49: thousands of subscribers who come back at once, and who all listen to one room.
import { setTimeout as sleep } from "node:timers/promises";
import { startCrowd } from "../crowd/crowd.ts";
import { epochNowMs, formatSentAt, type Report } from "../crowd/messages.ts";
import { describeEndsOf, lostConnections } from "../figures.ts";
import { countHistoryReads } from "../history-reads.ts";
import { standardLoad } from "../load.ts";
import { watchLoops } from "../loops.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";
import { secondsUntil } from "../waiting.ts";

const size = 5_000;
/** They come less fast than they would be turned away. */
const openPerSecond = 500;
const withinMs = 5_000;
const busyShare = 0.9;

async function comeBack(context: RowContext, where: string, reset: () => Promise<Report>): Promise<void> {
  const { stack, bound, fact } = context;
  const readsSince = await countHistoryReads(stack.gateways);
  const stopWatching = watchLoops(stack.gateways, busyShare);
  const { standing, tookMs, told, toldNoTime, failed } = await reset();
  const reads = await readsSince();
  await sleep(5_000);
  bound(`${where}: not served`, size - standing, 0, "");
  bound(`${where}: all served after`, tookMs / 1_000, 30, "s");
  fact(`${where}: ${told} times told when to come back`);
  bound(`${where}: turned away without a time or an answer`, toldNoTime + failed, 0, "");
  bound(`${where}: questions to chat-history for ${size} subscriptions`, reads, size, "");
  bound(`${where}: a loop busier than 90 % for`, Math.max(...(await stopWatching())), 10, "s");
}

export const balancerReset: Row = {
  id: "F-44",
  title: `${size} subscribers are cut off at once and come back within ${withinMs / 1_000} s, to all gateways, then to one`,
  rounds: 1,
  normalWithinMs: 30_000,
  async run(context) {
    const { stack, load, fault, bound, tell } = context;
    const crowd = startCrowd();
    try {
      const gateways = stack.gateways.map(({ url }) => url);
      const { token } = load.reader;
      const rooms = load.rooms.slice(standardLoad.busyRooms);
      await crowd.tell({ kind: "open", size, perSecond: openPerSecond, gateways, token, rooms });
      tell(`${size} more are there`);
      fault.startMs = performance.now();
      for (const [where, to] of [
        ["over three", gateways],
        ["over one", gateways.slice(0, 1)],
      ] as const)
        await comeBack(context, where, () => crowd.tell({ kind: "reset", withinMs, gateways: [...to], token }));
      fault.endMs = performance.now();
      const { skipped, lost } = await crowd.tell({ kind: "report" });
      bound("messages skipped by them", skipped, 0, "");
      bound("of them cut off by a server", lost, 0, "");
    } finally {
      crowd.close();
    }
  },
  judge: judgeOthers,
};

const perSecond = 20;

export const largeRoom: Row = {
  id: "F-49",
  title: `one room with ${size} subscribers and ${perSecond} messages per second`,
  rounds: 1,
  async run({ stack, load, fault, lastingMs, tell, bound, fact }) {
    const crowd = startCrowd();
    try {
      // One of the load's, so that the checker looks at it too; not a busy one.
      const room = load.rooms.at(-1)!;
      const gateways = stack.gateways.map(({ url }) => url);
      await crowd.tell({
        kind: "open",
        size,
        perSecond: openPerSecond,
        gateways,
        token: load.reader.token,
        rooms: [room],
      });
      tell(`${size} are in the room`);
      await crowd.tell({ kind: "measure" });
      fault.startMs = performance.now();
      const talking = setInterval(() => load.send(room, formatSentAt(epochNowMs())), 1_000 / perSecond);
      await sleep(lastingMs(60));
      clearInterval(talking);
      fault.endMs = performance.now();
      const caughtUp = await secondsUntil(async () => (await crowd.tell({ kind: "report" })).behind === 0, 30_000, 200);
      bound("all have all after", caughtUp, 30, "s");
      const { seen, confirmed, skipped, lost } = await crowd.tell({ kind: "report" });
      fact(`${seen.count} deliveries, p50 ${seen.p50} ms`);
      bound("p99 from SEND to the subscribers", seen.p99, 1_000, "ms");
      fact(`confirmed p50 ${confirmed.p50} ms, p99 ${confirmed.p99} ms`);
      bound("messages skipped by them", skipped, 0, "");
      bound("of them cut off by a server", lost, 0, "");
    } finally {
      crowd.close();
    }
  },
  judge: judgeOthers,
};

function judgeOthers({ load, fault, bound, fact }: Aftermath): void {
  const lost = lostConnections(load.recording, fault);
  bound("connections of others lost", lost.length, 0, "");
  if (lost.length > 0) fact(describeEndsOf(lost));
}
