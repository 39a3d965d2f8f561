// The process of a crowd: thousands of subscribers, away from the suite so that its own loop stays free. It is told what to
// do by messages from its parent, one at a time.
import { setTimeout as sleep } from "node:timers/promises";
import { DelayCounts } from "./delays.ts";
import { Member, type Counts } from "./member.ts";
import type { Command, Report } from "./messages.ts";
import { StreamReader } from "./stream.ts";

const standMsMax = 120_000;
const reader = new StreamReader();
const counts: Counts = {
  told: 0,
  toldNoTime: 0,
  failed: 0,
  lost: 0,
  given: 0,
  skipped: 0,
  seen: new DelayCounts(),
  confirmed: new DelayCounts(),
};
const members: Member[] = [];
let tookMs = 0;

process.on("message", (command: Command) => void obey(command).then((report) => process.send!(report)));
process.on("disconnect", () => process.exit());

async function obey(command: Command): Promise<Report> {
  switch (command.kind) {
    case "open": {
      const { size, perSecond, gateways, token, rooms } = command;
      for (let n = 0; n < size; n++) members.push(new Member(rooms[n % rooms.length]!, { counts, reader }));
      await bring((_member, n) => ({ gateway: gateways[n % gateways.length]!, inMs: (1_000 * n) / perSecond }), token);
      break;
    }
    case "reset": {
      const { withinMs, gateways, token } = command;
      await bring((_member, n) => ({ gateway: gateways[n % gateways.length]!, inMs: Math.random() * withinMs }), token);
      break;
    }
    case "measure":
      counts.seen.clear();
      counts.confirmed.clear();
  }
  return {
    ...counts,
    standing: members.filter(({ stands }) => stands).length,
    tookMs,
    behind: countBehind(),
    seen: counts.seen.read(),
    confirmed: counts.confirmed.read(),
  };
}

function countBehind(): number {
  const rooms = Map.groupBy(members, ({ roomId }) => roomId);
  const furthest = new Map([...rooms].map(([roomId, own]) => [roomId, Math.max(...own.map(({ seq }) => seq))]));
  return members.filter(({ roomId, seq }) => seq < furthest.get(roomId)!).length;
}

/** Until all stand, or it has taken too long. */
async function bring(
  planOf: (member: Member, n: number) => { gateway: string; inMs: number },
  token: string,
): Promise<void> {
  [counts.told, counts.toldNoTime, counts.failed] = [0, 0, 0];
  const startMs = performance.now();
  for (const [n, member] of members.entries()) {
    const { gateway, inMs } = planOf(member, n);
    member.come(gateway, token, inMs);
  }
  while (!members.every(({ stands }) => stands) && performance.now() < startMs + standMsMax) await sleep(20);
  tookMs = performance.now() - startMs;
}
