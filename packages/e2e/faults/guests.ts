// Accounts beside those of the load that are let in and shut out while they are connected to every chat-ws.
import { call } from "../src/call.ts";
import { roomCalls } from "../src/rooms.ts";
import type { Client } from "./client.ts";
import type { Load } from "./load.ts";
import { openSpeaker, readLogin, type Speaker } from "./people.ts";
import type { Exclusion } from "./recording.ts";
import type { Stack } from "./stack.ts";
import { secondsUntil } from "./waiting.ts";

/** How an account loses access to a room, or all of its logins, or one. */
export const shutOutWays = ["removed", "banned", "left"] as const;
export type ShutOutWay = (typeof shutOutWays)[number];
export const endingWays = ["logout", "logout-all"] as const;
export type EndingWay = (typeof endingWays)[number];

const toldMsMax = 70_000;
const backMsMax = 30_000;

interface GuestOptions {
  stack: Stack;
  load: Load;
  /** Its own; others may come into them, too. */
  rooms: string[];
  number: number;
}

export interface Guest {
  rooms: string[];
  /** Out of one of its rooms, over a chat-history of one's choice. @param graceMs as the checker wants it */
  shutOut(roomId: string, way: ShutOutWay, graceMs: number): Promise<Exclusion>;
  /** Resolves once every connection was told; with the seconds since the answer. */
  untilTold(exclusion: Exclusion): Promise<number | undefined>;
  /** In again, and every connection with it. */
  letIn(roomId: string, exclusion: Exclusion): Promise<void>;
  endLogins(way: EndingWay, graceMs: number): Promise<Exclusion[]>;
  /** Resolves once the connections of these logins are closed; with the seconds since the answer. */
  untilClosed(exclusions: Exclusion[]): Promise<number | undefined>;
  /** Connected to every chat-ws, with all subscriptions. @throws Error if it is not in time */
  untilBack(): Promise<void>;
  close(): void;
}

/** One login and one connection for each chat-ws. */
export async function openGuest({ stack, load, rooms, number }: GuestOptions): Promise<Guest> {
  const { auth, gateways, histories } = stack;
  const { recording, reader: owner } = load;
  const history = histories[number % histories.length]!.url;
  const asOwner = roomCalls(history, owner);
  const first = await openSpeaker(auth.url, `Guest ${number}`);
  const { accountId } = first;
  const logins: Speaker[] = [first];
  while (logins.length < gateways.length) logins.push(await openSpeaker(auth.url, "", first));
  for (const roomId of rooms) await asOwner.put(roomId, accountId);
  const clients = gateways.map(({ url }, n): Client => load.addClient(rooms, [url], logins[n]));

  async function untilBack() {
    if ((await secondsUntil(() => clients.every(({ stands }) => stands), backMsMax)) === undefined)
      throw new Error(`a guest's connections do not stand after ${backMsMax} ms`);
  }

  function exclude(of: Exclusion["of"], fromMs: number, graceMs: number): Exclusion {
    const exclusion = { of, fromMs, graceMs };
    recording.exclusions.push(exclusion);
    return exclusion;
  }

  const secondsSince = async (fromMs: number, isIt: () => boolean) =>
    (await secondsUntil(isIt, toldMsMax)) === undefined ? undefined : (performance.now() - fromMs) / 1_000;

  await untilBack();
  return {
    rooms,
    async shutOut(roomId, way, graceMs) {
      const answered =
        way === "removed"
          ? asOwner.sendAway(roomId, accountId)
          : way === "banned"
            ? asOwner.ban(roomId, accountId)
            : roomCalls(history, first).sendAway(roomId, accountId);
      return exclude({ accountId, roomId }, await answered, graceMs);
    },
    async untilTold({ of, fromMs }) {
      return secondsSince(fromMs, () => "roomId" in of && clients.every((client) => client.isShutOut(of.roomId)));
    },
    async letIn(roomId, exclusion) {
      exclusion.untilMs = performance.now();
      await asOwner.unban(roomId, accountId);
      await asOwner.put(roomId, accountId);
      for (const client of clients) client.letIn(roomId);
      await untilBack();
    },
    async endLogins(way, graceMs) {
      const ending = way === "logout" ? logins.slice(1, 2) : logins;
      const sids = ending.map(({ token }) => readLogin(token));
      const answeredMs = await call(`${auth.url}/${way}`, "POST", ending[0]!);
      return sids.map((sid) => exclude({ sid }, answeredMs, graceMs));
    },
    async untilClosed(exclusions) {
      const sids = new Set(exclusions.map(({ of }) => ("sid" in of ? of.sid : "")));
      const theirs = recording.connections.filter(({ sid, connectedMs }) => sids.has(sid) && connectedMs !== undefined);
      return secondsSince(exclusions[0]!.fromMs, () => theirs.every(({ closedMs }) => closedMs !== undefined));
    },
    untilBack,
    close() {
      for (const login of logins) login.close();
    },
  };
}
