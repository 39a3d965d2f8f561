// A model of chat-history's rights in rooms, and rights as the gateway knows them by it.
import {
  accessChangesMax,
  endingChanges,
  type AccessAnswer,
  type AccessChange,
  type ChatAccessPubSub,
} from "@parley/contracts";
import { createAccess } from "../src/access.ts";
import type { AccessHistory } from "../src/history.ts";

/** Rooms and who is in them, as chat-history keeps it: a counter for each room, and the latest change of each account. */
export function createModel() {
  const rooms = new Map<string, { version: number; changes: Map<string, ChatAccessPubSub> }>();

  function roomOf(roomId: string) {
    const room = rooms.get(roomId) ?? { version: 0, changes: new Map<string, ChatAccessPubSub>() };
    rooms.set(roomId, room);
    return room;
  }

  function rightsOf(roomId: string, accountId: string): AccessAnswer {
    const { version, changes } = roomOf(roomId);
    const change = changes.get(accountId)?.change;
    const read = change !== undefined && !endingChanges.has(change);
    const muted = change === "muted" ? { mutedMs: 1_000 } : {};
    return { read, write: read && change !== "muted", role: read ? "member" : null, version, ...muted };
  }

  return {
    rightsOf,
    change(roomId: string, accountId: string, change: AccessChange): ChatAccessPubSub {
      const room = roomOf(roomId);
      const event = { roomId, accountId, version: ++room.version, change };
      room.changes.set(accountId, event);
      return event;
    },
    changesSince(roomId: string, after: number): ChatAccessPubSub[] {
      return [...roomOf(roomId).changes.values()]
        .filter(({ version }) => version > after)
        .toSorted((one, other) => one.version - other.version);
    },
    versionOf: (roomId: string) => roomOf(roomId).version,
    /** As it was at a version, of which nobody hears. */
    restore(roomId: string, version: number) {
      const room = roomOf(roomId);
      room.version = version;
      for (const [accountId, change] of room.changes) if (change.version > version) room.changes.delete(accountId);
    },
  };
}

type Model = ReturnType<typeof createModel>;

/** Answers at once, unless `late` says when. It counts how often it was asked. */
export function historyOf(model: Model, late: <T>(answer: T) => Promise<T> = async (answer) => answer) {
  const calls = { access: 0, changes: 0 };
  const history: AccessHistory = {
    access(asked) {
      calls.access++;
      return late(asked.map(({ roomId, accountId }) => model.rightsOf(roomId, accountId)));
    },
    accessChanges(rooms) {
      calls.changes++;
      // No more than fit into an answer: by room, then by version.
      const changes = rooms
        .flatMap(({ roomId, after }) => model.changesSince(roomId, after))
        .slice(0, accessChangesMax);
      const isFull = changes.length === accessChangesMax;
      const reached = ({ roomId, after }: { roomId: string; after: number }) =>
        isFull ? (changes.findLast((change) => change.roomId === roomId)?.version ?? after) : model.versionOf(roomId);
      return late({ changes, rooms: rooms.map((room) => ({ roomId: room.roomId, version: reached(room) })) });
    },
  };
  return { history, calls };
}

export function accessTo(history: AccessHistory) {
  const clock = { nowMs: 0 };
  const counted = { known: 0, asked: 0 };
  const metrics = {
    accessChecked: { inc: (label?: unknown) => void counted[(label as { source: "known" }).source]++ },
  };
  return { access: createAccess({ history, metrics, now: () => clock.nowMs }), clock, counted };
}
