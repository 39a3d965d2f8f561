// GET /{roomId}/messages (contracts §3): pages of what is stored. It does not know what becomes of them.
import type { HistoryPage } from "@parley/contracts";
import type { Call } from "./call.ts";

interface HistoryQuery {
  before?: number;
  changedAfter?: number;
  /** At most 200. */
  limit?: number;
}

export interface History {
  /** @throws ChatError with the code of the refusal; UNAVAILABLE without an answer */
  read(roomId: string, query: HistoryQuery, signal: AbortSignal): Promise<HistoryPage>;
}

export function createHistory(call: Call): History {
  return {
    read(roomId, query, signal) {
      const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
      return call(`/${roomId}/messages?${parameters}`, { signal });
    },
  };
}
