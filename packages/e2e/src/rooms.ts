// Rooms and their members over HTTP (contracts §3), on behalf of one account. Each call resolves with when it was answered.
import { call, type Caller } from "./call.ts";

export interface RoomCalls {
  make(roomId: string, kind: "public" | "private"): Promise<number>;
  remove(roomId: string): Promise<number>;
  /** Joins, if it is oneself, or invites. */
  put(roomId: string, accountId: string): Promise<number>;
  /** Leaves, or sends away. */
  sendAway(roomId: string, accountId: string): Promise<number>;
  ban(roomId: string, accountId: string): Promise<number>;
  unban(roomId: string, accountId: string): Promise<number>;
  mute(roomId: string, accountId: string, seconds: number): Promise<number>;
}

export function roomCalls(historyUrl: string, caller: Caller): RoomCalls {
  const rooms = `${historyUrl}/rooms`;
  const member = (roomId: string, accountId: string) => `${rooms}/${roomId}/members/${accountId}`;
  const banOf = (roomId: string, accountId: string) => `${rooms}/${roomId}/bans/${accountId}`;
  return {
    make: (id, kind) => call(rooms, "POST", caller, { id, name: "Room", kind }),
    remove: (roomId) => call(`${rooms}/${roomId}`, "DELETE", caller),
    put: (roomId, accountId) => call(member(roomId, accountId), "PUT", caller),
    sendAway: (roomId, accountId) => call(member(roomId, accountId), "DELETE", caller),
    ban: (roomId, accountId) => call(banOf(roomId, accountId), "PUT", caller),
    unban: (roomId, accountId) => call(banOf(roomId, accountId), "DELETE", caller),
    mute: (roomId, accountId, seconds) => call(`${rooms}/${roomId}/mutes/${accountId}`, "PUT", caller, { seconds }),
  };
}
