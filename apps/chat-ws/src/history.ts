// What the gateway asks of chat-history: positions of rooms, what a room went through since one, what it holds.
import { ChangesAnswer, PositionsAnswer, ReplayPage } from "@parley/contracts";
import { createInternalCall, type Turns } from "@parley/service";

export interface History {
  /** Of these rooms, or of all that changed lately. @throws Refusal UNAVAILABLE */
  positions: (rooms?: string[]) => Promise<PositionsAnswer["rooms"]>;
  /** All changes after a position, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  changes: (roomId: string, afterChangeSeq: number) => Promise<ChangesAnswer>;
  /** A page by `seq`, tombstones too, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  messages: (roomId: string, afterSeq: number, limit: number) => Promise<ReplayPage>;
}

export function createHistory(historyUrl: string, serviceToken: string): History {
  const call = createInternalCall(historyUrl, serviceToken, "chat-history");
  return {
    async positions(rooms) {
      const init = { method: "POST", body: JSON.stringify({ rooms }) };
      return (await call("/internal/positions", PositionsAnswer, init)).rooms;
    },
    changes: (roomId, after) => call(`/internal/rooms/${roomId}/changes?after=${after}`, ChangesAnswer),
    messages: (roomId, after, limit) =>
      call(`/internal/rooms/${roomId}/messages?after=${after}&limit=${limit}`, ReplayPage),
  };
}

/** The same, its questions in turn. */
export function queued({ positions, changes, messages }: History, turns: Turns): History {
  return {
    positions: (...args) => turns.run(() => positions(...args)),
    changes: (...args) => turns.run(() => changes(...args)),
    messages: (...args) => turns.run(() => messages(...args)),
  };
}
