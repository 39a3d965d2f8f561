import { Refusal, type ChangesAnswer, type PositionsAnswer, type RoomChange } from "@parley/contracts";
import { createLog, createMetrics } from "@parley/service";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createHealing, type Healing } from "../src/healing.ts";
import type { History } from "../src/history.ts";
import { createGatewayMetrics } from "../src/metrics.ts";
import { createReceipts } from "../src/receipts.ts";
import { createAudience, readers } from "./audience.ts";
import type { Room } from "../src/room.ts";
import { createRooms, type Rooms } from "../src/rooms.ts";

const sender = "s";

function change(seq: number): RoomChange {
  const created = { seq, changeSeq: seq, createdAt: "2026-01-01T00:00:00.000Z", editedAt: null, deleted: false };
  return {
    id: `id-${seq}`,
    tempId: `t-${seq}`,
    roomId: "r",
    sender,
    senderName: "S",
    content: `${seq}`,
    contentHash: "",
    ...created,
  };
}

let healing: Healing<string>;
afterEach(() => {
  healing.close();
  vi.useRealTimers();
});

/** A gateway's rooms over a history that holds `stored` messages in room r and can be away. */
async function openGateway() {
  const history = { stored: 0, away: false, asked: [] as string[] };
  const position = () => ({ seq: history.stored, changeSeq: history.stored });
  function ask(question: string) {
    history.asked.push(question);
    if (history.away) throw new Refusal("UNAVAILABLE", "away");
  }
  const calls: History = {
    async positions(rooms): Promise<PositionsAnswer["rooms"]> {
      ask(rooms ? "positions of rooms" : "positions that moved");
      return [{ roomId: "r", position: position() }];
    },
    async changes(_roomId, after): Promise<ChangesAnswer> {
      ask(`changes after ${after}`);
      const changes = Array.from({ length: history.stored - after }, (_, n) => change(after + n + 1));
      return { changes, position: position() };
    },
    messages: () => Promise.reject(new Error("not asked here")),
  };
  const seen: (number | null)[] = [];
  const outlets = {
    openAudience: () => createAudience((_listener, body) => void seen.push(body.seq)),
    behind: (room: Room<string>, waitMs: number) => healing.behind(room, waitMs),
    resync() {},
    now: () => performance.now(),
  };
  const rooms: Rooms<string> = createRooms(async () => {}, calls, outlets, readers);
  const receipts = createReceipts("ws", 10_000, () => 0);
  const metrics = createGatewayMetrics(createMetrics("test"));
  const log = createLog("test", "silent");
  healing = createHealing({ history: calls, rooms, receipts, positionsMs: 5_000, log, metrics });
  await rooms.join("r", "a");
  history.asked.length = 0;
  return { history, rooms, seen };
}

describe("healing", () => {
  test("fetches what a room lacks, once for all its listeners", async () => {
    const { history, rooms, seen } = await openGateway();
    await rooms.join("r", "b");
    history.stored = 3;
    rooms.get("r")!.report(3, 0);
    rooms.get("r")!.report(3, 0);
    await expect.poll(() => seen).toEqual([1, 1, 2, 2, 3, 3]);
    expect(history.asked).toEqual(["changes after 0"]);
  });

  test("goes on trying while chat-history is away", async () => {
    const { history, rooms, seen } = await openGateway();
    Object.assign(history, { stored: 2, away: true });
    rooms.get("r")!.report(2, 0);
    await expect.poll(() => history.asked.length).toBeGreaterThan(1);
    history.away = false;
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual([1, 2]);
  });

  test("compares all open rooms after a time without the bus", async () => {
    const { history, seen } = await openGateway();
    history.stored = 1;
    await healing.checkAfterGap((roomId) => roomId === "r");
    await expect.poll(() => seen).toEqual([1]);
    expect(history.asked).toEqual(["positions of rooms", "changes after 0"]);
  });

  test("finds the last message before silence within 5 s, and compares all rooms if a question failed (P-2)", async () => {
    vi.useFakeTimers();
    const { history, seen } = await openGatewayOnFakeTime();
    history.stored = 1;
    await vi.advanceTimersByTimeAsync(5_200);
    expect(seen).toEqual([1]);
    Object.assign(history, { stored: 2, away: true });
    await vi.advanceTimersByTimeAsync(5_000);
    history.away = false;
    history.asked.length = 0;
    await vi.advanceTimersByTimeAsync(5_200);
    expect(history.asked[0]).toBe("positions of rooms");
    expect(seen).toEqual([1, 2]);
  });
});

async function openGatewayOnFakeTime() {
  const opened = openGateway();
  await vi.advanceTimersByTimeAsync(1);
  return opened;
}
