// GET /{roomId}/messages (contracts §3): pages of what is stored. It does not know what becomes of them.
import type { ErrorCode, HistoryPage } from "@parley/contracts";
import { ChatError } from "./chat-error.ts";

/** Longest wait for an answer. */
const answerMsMax = 15_000;

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

export function createHistory(url: string, getToken: () => Promise<string>): History {
  return {
    async read(roomId, query, signal) {
      const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
      const response = await fetch(`${url}/${roomId}/messages?${parameters}`, {
        headers: { Authorization: `Bearer ${await getToken()}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)]),
      }).catch((error: unknown) => {
        throw new ChatError("UNAVAILABLE", String(error));
      });
      if (!response.ok) throw await readError(response);
      return (await response.json()) as HistoryPage;
    },
  };
}

async function readError(response: Response): Promise<ChatError> {
  const body = (await response.json().catch(() => undefined)) as { error?: { code: ErrorCode; message: string } };
  return new ChatError(body?.error?.code ?? "UNAVAILABLE", body?.error?.message ?? `HTTP ${response.status}`);
}
