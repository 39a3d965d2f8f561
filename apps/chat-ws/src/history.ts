// What the gateway asks of chat-history: positions of rooms, what a room went through since one, what it holds.
import { ChangesAnswer, PositionsAnswer, Refusal, ReplayPage } from "@parley/contracts";
import type { Turns } from "@parley/service";
import type { z } from "zod";

export interface History {
  /** Of these rooms, or of all that changed lately. @throws Refusal UNAVAILABLE */
  positions: (rooms?: string[]) => Promise<PositionsAnswer["rooms"]>;
  /** All changes after a position, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  changes: (roomId: string, afterChangeSeq: number) => Promise<ChangesAnswer>;
  /** A page by `seq`, tombstones too, and the position of the same snapshot. @throws Refusal UNAVAILABLE */
  messages: (roomId: string, afterSeq: number, limit: number) => Promise<ReplayPage>;
}

const requestMs = 5_000;

export function createHistory(historyUrl: string, serviceToken: string): History {
  const base = historyUrl.replace(/\/$/, "");
  const headers = { authorization: `Bearer ${serviceToken}`, "content-type": "application/json" };

  async function call<S extends z.ZodType>(path: string, answer: S, init: RequestInit = {}): Promise<z.infer<S>> {
    try {
      const response = await fetch(base + path, { ...init, headers, signal: AbortSignal.timeout(requestMs) });
      if (!response.ok) throw new Error(`chat-history answered ${response.status}`);
      return answer.parse(await response.json());
    } catch (error) {
      const refusal = new Refusal("UNAVAILABLE", "chat-history did not answer");
      refusal.cause = error;
      throw refusal;
    }
  }

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
