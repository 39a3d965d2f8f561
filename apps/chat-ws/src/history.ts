// What the gateway asks of chat-history: positions of rooms, what a room went through since one, what it holds, who may.
import {
  AccessAnswers,
  AccessChangesAnswer,
  ChangesAnswer,
  PositionsAnswer,
  Refusal,
  ReplayPage,
  type AccessAnswer,
} from "@parley/contracts";
import { createInternalCall, type Turns } from "@parley/service";

export interface History {
  /** Of these rooms, or of all that changed lately. @throws Refusal UNAVAILABLE */
  positions: (rooms?: string[]) => Promise<PositionsAnswer["rooms"]>;
  /** All changes after a position, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  changes: (roomId: string, afterChangeSeq: number) => Promise<ChangesAnswer>;
  /** A page by `seq`, tombstones too, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  messages: (roomId: string, afterSeq: number, limit: number) => Promise<ReplayPage>;
}

export interface Asked {
  roomId: string;
  accountId: string;
}

/** Who may do what in rooms. */
export interface AccessHistory {
  /** In the order of what was asked. @throws Refusal UNAVAILABLE */
  access: (asked: Asked[]) => Promise<AccessAnswer[]>;
  /** What changed in these rooms since a version of each. @throws Refusal UNAVAILABLE */
  accessChanges: (rooms: { roomId: string; after: number }[]) => Promise<AccessChangesAnswer>;
}

export function createHistory(historyUrl: string, serviceToken: string): History & AccessHistory {
  const call = createInternalCall(historyUrl, serviceToken, "chat-history");
  return {
    positions: async (rooms) => (await call("/internal/positions", PositionsAnswer, post({ rooms }))).rooms,
    changes: (roomId, after) => call(`/internal/rooms/${roomId}/changes?after=${after}`, ChangesAnswer),
    messages: (roomId, after, limit) =>
      call(`/internal/rooms/${roomId}/messages?after=${after}&limit=${limit}`, ReplayPage),
    async access(asked) {
      const { answers } = await call("/internal/access", AccessAnswers, post({ asked }));
      if (answers.length !== asked.length) throw new Refusal("UNAVAILABLE", "chat-history answered another question");
      return answers;
    },
    accessChanges: (rooms) => call("/internal/access/changes", AccessChangesAnswer, post({ rooms })),
  };
}

function post(body: unknown): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

/** The same, its questions in turn. */
export function queued({ positions, changes, messages }: History, turns: Turns): History {
  return {
    positions: (...args) => turns.run(() => positions(...args)),
    changes: (...args) => turns.run(() => changes(...args)),
    messages: (...args) => turns.run(() => messages(...args)),
  };
}
