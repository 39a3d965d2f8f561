// Which rooms this browser has joined and how far it has read them, by account. Storage only.
import type { Room } from "@parley/contracts";

export interface JoinedRoom {
  readonly id: string;
  /** What it is called, as far as this browser has heard. */
  readonly name?: string;
  /** The seq up to which it was read. */
  readonly readSeq: number;
}

export const firstRoomId = "general";
/** Each joined room is a subscription of the connection. */
const joinedRoomsMax = 50;

/** Undefined on the account's first visit with this browser. */
export function loadRooms(accountId: string): JoinedRoom[] | undefined {
  try {
    const rooms: unknown = JSON.parse(localStorage.getItem(keyOf(accountId)) ?? "");
    if (Array.isArray(rooms)) return rooms as JoinedRoom[];
  } catch {
    // The first visit, or something else's words.
  }
  return undefined;
}

export function saveRooms(accountId: string, rooms: readonly JoinedRoom[]): void {
  localStorage.setItem(keyOf(accountId), JSON.stringify(rooms));
}

export function joinRoom(rooms: readonly JoinedRoom[], id: string): readonly JoinedRoom[] {
  if (rooms.some((room) => room.id === id)) return rooms;
  return [{ id, readSeq: 0 }, ...rooms].slice(0, joinedRoomsMax);
}

/** Takes in what the server lists: names, and rooms that were joined elsewhere or by invitation. */
export function listRooms(
  rooms: readonly JoinedRoom[],
  listed: readonly Pick<Room, "id" | "name">[],
): readonly JoinedRoom[] {
  const names = new Map(listed.map(({ id, name }) => [id, name]));
  const known = rooms.map((room) => ({ ...room, name: names.get(room.id) ?? room.name ?? room.id }));
  const others = listed.filter(({ id }) => !rooms.some((room) => room.id === id));
  return [...known, ...others.map(({ id, name }) => ({ id, name, readSeq: 0 }))].slice(0, joinedRoomsMax);
}

/** Never back. */
export function readRoom(rooms: readonly JoinedRoom[], id: string, seq: number): readonly JoinedRoom[] {
  const isNews = rooms.some((room) => room.id === id && room.readSeq < seq);
  return isNews ? rooms.map((room) => (room.id === id ? { ...room, readSeq: seq } : room)) : rooms;
}

function keyOf(accountId: string): string {
  return `parley.rooms/${accountId}`;
}
