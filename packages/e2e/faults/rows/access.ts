// F-57: accounts lose their rights and their logins while they are connected to every chat-ws (I-9).
import { setTimeout as sleep } from "node:timers/promises";
import { muffleAccess, unmuffleAccess } from "../../src/muffle.ts";
import { percentile } from "../../src/counting-reader.ts";
import { endingWays, openGuest, shutOutWays, type EndingWay, type Guest, type ShutOutWay } from "../guests.ts";
import type { Aftermath, Row, RowContext } from "../row.ts";

/** What is promised if the event arrives, and if it does not. */
const heardMs = 1_000;
const lostMs = 60_000;
const guestsAtOnce = 8;
const roomsEach = 5;
/** How long it is looked for what must not come. */
const lookedForMs = 1_500;

interface Waits {
  toldS: (number | undefined)[];
  closedS: (number | undefined)[];
}

let guests: Guest[];

export const accessLost: Row = {
  id: "F-57",
  title: "members removed, banned, gone, let in again; logins ended; also with the event lost",
  rounds: 12,
  normalWithinMs: 10_000,
  load: { isPrivate: true, rooms: 20, connections: 150, perSecond: 150 },
  async openStack() {
    const unhurried = { CHANGES_PER_SECOND_MAX: "10000", CHANGES_BURST_MAX: "10000" };
    return { historyEnv: { ...unhurried, ROOMS_AUTO_CREATE: "false" } };
  },
  async run(context) {
    const { stack, load, rounds, random, fault, tell, fact, bound } = context;
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const rooms = load.rooms.slice(0, roomsEach); // The busy ones.
    guests = await Promise.all(
      Array.from({ length: guestsAtOnce }, (_, number) => openGuest({ stack, load, rooms, number })),
    );
    fault.startMs = performance.now();

    const heard: Waits = { toldS: [], closedS: [] };
    for (let round = 1; round <= rounds; round++) {
      await Promise.all(
        guests.map((guest, n) =>
          n % 4 === 3
            ? endLogins(guest, pick(endingWays), heardMs, heard)
            : shutOut(guest, pick(rooms), pick(shutOutWays), heardMs, heard),
        ),
      );
      if (round % 3 === 0) tell(`${round} of ${rounds} rounds`);
    }
    fact(
      `${heard.toldS.length} times shut out of a room, ${heard.closedS.length} times logins ended, of 3 connections each`,
    );
    boundWaits(context, "all told after", heard.toldS, heardMs);
    boundWaits(context, "all closed after", heard.closedS, heardMs);

    await loseAll(context, "with the events lost", () => muffleAccess(stack.redisClient));
    await unmuffleAccess(stack.redisClient);
    await loseAll(context, "with those who listen cut off", async () => {
      await stack.redisClient.call("CLIENT", "KILL", "TYPE", "pubsub");
    });
    fault.endMs = performance.now();
    bound("guests that are not back", guests.length - (await countBack()), 0, "");
  },
  judge(context) {
    for (const guest of guests) guest.close();
    boundSilence(context);
  },
};

async function countBack(): Promise<number> {
  const back = await Promise.allSettled(guests.map((guest) => guest.untilBack()));
  return back.filter(({ status }) => status === "fulfilled").length;
}

async function shutOut(guest: Guest, roomId: string, way: ShutOutWay, graceMs: number, waits: Waits): Promise<void> {
  const exclusion = await guest.shutOut(roomId, way, graceMs);
  waits.toldS.push(await guest.untilTold(exclusion));
  await sleep(lookedForMs);
  await guest.letIn(roomId, exclusion);
}

async function endLogins(guest: Guest, way: EndingWay, graceMs: number, waits: Waits): Promise<void> {
  const exclusions = await guest.endLogins(way, graceMs);
  waits.closedS.push(await guest.untilClosed(exclusions));
  await sleep(lookedForMs);
  await guest.untilBack();
}

/** Every way once, at once, each of another guest. */
async function loseAll(context: RowContext, how: string, lose: () => Promise<void>): Promise<void> {
  const waits: Waits = { toldS: [], closedS: [] };
  context.tell(how);
  await lose();
  await Promise.all([
    ...shutOutWays.map((way, n) => shutOut(guests[n]!, guests[n]!.rooms[n]!, way, lostMs, waits)),
    ...endingWays.map((way, n) => endLogins(guests[shutOutWays.length + n]!, way, lostMs, waits)),
  ]);
  boundWaits(context, `${how}: all told after`, waits.toldS, lostMs);
  boundWaits(context, `${how}: all closed after`, waits.closedS, lostMs);
}

function boundWaits({ bound }: RowContext, what: string, waitsS: (number | undefined)[], boundMs: number): void {
  const longest = waitsS.includes(undefined) ? undefined : 1_000 * percentile(waitsS as number[], 1);
  bound(what, longest, boundMs, "ms");
}

/** How long after the answer the last message came, on any subscription. */
function boundSilence({ load: { recording }, bound, fact }: Aftermath): void {
  const heard = recording.exclusions.filter(({ graceMs }) => graceMs === heardMs);
  const afterMs = heard.flatMap(({ of, fromMs, untilMs = Infinity }) =>
    recording.lives
      .filter(({ roomId, connection }) => {
        const { accountId, sid } = recording.connections[connection]!;
        return "sid" in of ? of.sid === sid : of.roomId === roomId && of.accountId === accountId;
      })
      .flatMap(({ given }) => given.map(({ atMs }) => atMs).filter((atMs) => atMs > fromMs && atMs < untilMs))
      .map((atMs) => atMs - fromMs),
  );
  fact(`${afterMs.length} messages came after the answer`);
  bound("the last of them after", Math.max(0, ...afterMs), heardMs, "ms");
}
