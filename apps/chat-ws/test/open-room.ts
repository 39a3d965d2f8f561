// A room with listeners that remember, and messages and events for it.
import type {
  ChangesAnswer,
  ChatMessagePubSub,
  ChatTimestampPubSub,
  Position,
  RoomChange,
  StoredMessage,
} from "@parley/contracts";
import { Room } from "../src/room.ts";
import { createAudience } from "./audience.ts";

export type Seen = { tempId: string; seq: number | null; changeSeq?: number | null; content?: string };

/** A room with listeners that remember, a clock to turn, and a note of what was asked to be fetched. */
export function openRoom(position: Position | null = { seq: 0, changeSeq: 0 }) {
  const seen = new Map<string, Seen[]>();
  const state = {
    nowMs: 0,
    behindMs: undefined as number | undefined,
    resynced: [] as string[],
    behind: new Set<string>(),
  };
  const room = new Room<string>("r", {
    openAudience: () => createAudience((listener, body) => void seen.get(listener)?.push(body), state.behind),
    behind: (_room, waitMs) => void (state.behindMs = waitMs),
    resync: (listeners) => void state.resynced.push(...listeners),
    now: () => state.nowMs,
  });
  if (position) room.open(position);
  function join(listener: string) {
    seen.set(listener, []);
    room.join(listener);
  }
  return { room, seen: (listener: string) => seen.get(listener) ?? [], join, state };
}

export function heal(room: Room<string>, answer: ChangesAnswer) {
  for (const _ of room.heal(answer));
}

export function message(n: number, content = `text ${n}`): ChatMessagePubSub {
  return { roomId: "r", tempId: `temp-${n}`, sender: "s", senderName: "S", content, via: `v.${n}` };
}

export function confirmation(n: number, more: Partial<ChatTimestampPubSub> = {}): ChatTimestampPubSub {
  const time = "2026-01-01T00:00:00.000Z";
  return {
    roomId: "r",
    id: `id-${n}`,
    tempId: `temp-${n}`,
    sender: "s",
    seq: n,
    changeSeq: n,
    createdAt: time,
    editedAt: null,
    via: `v.${n}`,
    ...more,
  };
}

export function change(n: number): RoomChange {
  const { via: _, ...short } = confirmation(n);
  return { ...short, senderName: "S", content: `text ${n}`, deleted: false, contentHash: "" };
}

export function storedMessage(n: number, more: Partial<StoredMessage> = {}): StoredMessage {
  const { contentHash: _, ...known } = change(n);
  return { ...known, ...more };
}
