// Rooms that lack something get it from chat-history, once for all listeners; and the check that finds them.
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@parley/service";
import type { History } from "./history.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Receipts } from "./receipts.ts";
import type { Room } from "./room.ts";
import type { Rooms } from "./rooms.ts";

/** How long a room that is reported to be further may take to get there by itself. */
const reportedMs = 100;
const retryMsMin = 200;
const retryMsMax = 5_000;
/** How long readers are given for what one step of healing gave them. */
const breathMs = 50;
const askedMax = 1_000;

export interface Healing<L> {
  /** Heals the room after `waitMs` if it still lacks something by then. */
  behind(room: Room<L>, waitMs: number): void;
  /** Compares the open rooms that it concerns with chat-history: after a time without the bus, anything may be missing. */
  checkAfterGap(concerns: (roomId: string) => boolean): Promise<void>;
  close(): void;
}

interface Options<L> {
  rooms: Rooms<L>;
  history: History;
  receipts: Receipts;
  /** How often rooms that moved are asked for: the last message before silence has no successor to reveal its loss. */
  positionsMs: number;
  log: Log;
  metrics: GatewayMetrics;
}

export function createHealing<L>({ history, receipts, rooms, positionsMs, log, metrics }: Options<L>): Healing<L> {
  const due = new Map<Room<L>, { at: number; timer: NodeJS.Timeout }>();
  const healing = new Set<Room<L>>();
  let sureOfTail = true;
  /** Checks that failed. */
  let failures = 0;

  function schedule(room: Room<L>, waitMs: number, retryMs = retryMsMin) {
    if (healing.has(room)) return; // Looks again when it is done.
    const at = performance.now() + waitMs;
    const planned = due.get(room);
    if (planned && planned.at <= at) return;
    clearTimeout(planned?.timer);
    due.set(room, { at, timer: setTimeout(heal, waitMs, room, retryMs) });
  }

  async function heal(room: Room<L>, retryMs: number) {
    due.delete(room);
    if (!isOpen(room) || !room.isBehind || !room.position) return;
    healing.add(room);
    let failed = false;
    try {
      const answer = await history.changes(room.roomId, room.position.changeSeq);
      metrics.healed.inc({ outcome: "resync" in answer ? "resync" : "healed" });
      if ("changes" in answer) receipts.confirmChanges(room.roomId, answer.changes);
      for (const _ of room.heal(answer)) await sleep(breathMs);
    } catch (error) {
      failed = true;
      metrics.healed.inc({ outcome: "failed" });
      log.warn({ err: error }, "could not heal a room; trying again");
    }
    healing.delete(room);
    if (room.isBehind) schedule(room, failed ? retryMs : 0, Math.min(retryMs * 2, retryMsMax));
  }

  function isOpen(room: Room<L>) {
    return rooms.get(room.roomId) === room;
  }

  async function check(roomIds?: string[]) {
    for (const { roomId, position } of await history.positions(roomIds)) {
      rooms.get(roomId)?.report(position.changeSeq, reportedMs);
    }
  }

  async function checkRooms(open: string[]) {
    for (let from = 0; from < open.length; from += askedMax) await check(open.slice(from, from + askedMax));
  }

  async function checkAll() {
    sureOfTail = false; // Until every room was compared.
    const failuresBefore = failures;
    await checkRooms(openRooms());
    sureOfTail = failures === failuresBefore;
  }

  function openRooms(): string[] {
    return [...rooms.all()].map((room) => room.roomId);
  }

  async function checkTail() {
    try {
      if (rooms.size === 0) return;
      await (sureOfTail ? check() : checkAll());
    } catch (error) {
      sureOfTail = false;
      log.warn({ err: error }, "could not compare positions");
    }
  }

  let ended = false;
  let tail = setTimeout(watchTail, positionsMs);
  async function watchTail() {
    await checkTail();
    if (!ended) tail = setTimeout(watchTail, positionsMs);
  }

  return {
    behind: (room, waitMs) => schedule(room, waitMs),
    async checkAfterGap(concerns) {
      try {
        await checkRooms(openRooms().filter(concerns));
      } catch (error) {
        failures++;
        sureOfTail = false;
        log.warn({ err: error }, "could not compare positions");
      }
    },
    close() {
      ended = true;
      clearTimeout(tail);
      for (const { timer } of due.values()) clearTimeout(timer);
    },
  };
}
