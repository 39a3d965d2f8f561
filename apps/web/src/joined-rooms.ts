// Which rooms this browser has joined and how far it has read them, by account. Storage only.

export interface JoinedRoom {
  readonly id: string;
  /** The seq up to which it was read. */
  readonly readSeq: number;
}

export const firstRoomId = "general";
/** Each joined room is a subscription of the connection. */
const joinedRoomsMax = 50;

export function loadRooms(accountId: string): JoinedRoom[] {
  try {
    const rooms: unknown = JSON.parse(localStorage.getItem(keyOf(accountId)) ?? "");
    if (Array.isArray(rooms) && rooms.length > 0) return rooms as JoinedRoom[];
  } catch {
    // The first visit, or something else's words.
  }
  return [{ id: firstRoomId, readSeq: 0 }];
}

export function saveRooms(accountId: string, rooms: readonly JoinedRoom[]): void {
  localStorage.setItem(keyOf(accountId), JSON.stringify(rooms));
}

export function joinRoom(rooms: readonly JoinedRoom[], id: string): readonly JoinedRoom[] {
  if (rooms.some((room) => room.id === id)) return rooms;
  return [{ id, readSeq: 0 }, ...rooms].slice(0, joinedRoomsMax);
}

/** Never back. */
export function readRoom(rooms: readonly JoinedRoom[], id: string, seq: number): readonly JoinedRoom[] {
  const isNews = rooms.some((room) => room.id === id && room.readSeq < seq);
  return isNews ? rooms.map((room) => (room.id === id ? { id, readSeq: seq } : room)) : rooms;
}

function keyOf(accountId: string): string {
  return `parley.rooms/${accountId}`;
}
