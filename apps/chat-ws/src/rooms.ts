// The rooms that are open on this gateway: opened by their first listener, left with the last.
import type { Position } from "@parley/contracts";
import type { History } from "./history.ts";
import { createQuestions } from "./questions.ts";
import { replay, type ReplayOptions } from "./replay.ts";
import type { RoomOutlets } from "./room-outlets.ts";
import { Room } from "./room.ts";

export interface Rooms<L> {
  /** Resolves once the listener hears all that comes. @throws Refusal UNAVAILABLE */
  join(roomId: string, listener: L): Promise<void>;
  /**
   * The same for a listener that has all up to a seq: it is given what it lacks first. Answers with the position from
   * which it hears, if it cannot be given that. @throws Refusal UNAVAILABLE
   */
  resume(roomId: string, listener: L, after: number): Promise<Position | undefined>;
  leave(roomId: string, listener: L): void;
  get(roomId: string): Room<L> | undefined;
  all(): Iterable<Room<L>>;
  readonly size: number;
}

export type Replaying<L> = Pick<ReplayOptions<L>, "history" | "replayMessagesMax" | "untilReady" | "isGone">;

interface Entry<L> {
  room: Room<L>;
  opened: Promise<void>;
  /** Listeners that wait for it to open. */
  joining: number;
}

/** @param listen resolves once what is published for a room is heard, rejects with Refusal UNAVAILABLE */
export function createRooms<L>(
  listen: (roomId: string) => Promise<void>,
  history: History,
  outlets: RoomOutlets<L>,
  replaying: Replaying<L>,
): Rooms<L> {
  const entries = new Map<string, Entry<L>>();
  const positionOf = createPositionReader(history);

  function open(roomId: string): Entry<L> {
    const room = new Room<L>(roomId, outlets);
    const entry = { room, joining: 0, opened: fill(room) };
    entries.set(roomId, entry);
    return entry;
  }

  /** The position is read once the subscription stands: what comes meanwhile is applied against it. */
  async function fill(room: Room<L>) {
    await listen(room.roomId);
    room.open(await positionOf(room.roomId));
  }

  function closeIfUnused(roomId: string, entry: Entry<L>) {
    if (entry.room.isEmpty && entry.joining === 0 && entries.get(roomId) === entry) entries.delete(roomId);
  }

  async function enter<T>(roomId: string, join: (room: Room<L>) => T): Promise<Awaited<T>> {
    const entry = entries.get(roomId) ?? open(roomId);
    entry.joining++;
    try {
      await entry.opened;
      return await join(entry.room);
    } finally {
      entry.joining--;
      closeIfUnused(roomId, entry);
    }
  }

  return {
    join: (roomId, listener) => enter(roomId, (room) => room.join(listener)),
    resume: (roomId, listener, after) => enter(roomId, (room) => replay({ ...replaying, room, listener, after })),
    leave(roomId, listener) {
      const entry = entries.get(roomId);
      if (!entry) return;
      entry.room.leave(listener);
      closeIfUnused(roomId, entry);
    },
    get: (roomId) => entries.get(roomId)?.room,
    *all() {
      for (const { room } of entries.values()) yield room;
    },
    get size() {
      return entries.size;
    },
  };
}

/** The most rooms that one question may name. */
const askedMax = 1_000;
const nowhere: Position = { seq: 0, changeSeq: 0 };

/** Reads positions; rooms that are asked for in one turn of the event loop share a question. */
function createPositionReader(history: History): (roomId: string) => Promise<Position> {
  return createQuestions(askedMax, async (rooms) => {
    const positions = new Map((await history.positions(rooms)).map(({ roomId, position }) => [roomId, position]));
    return rooms.map((roomId) => positions.get(roomId) ?? nowhere);
  });
}
