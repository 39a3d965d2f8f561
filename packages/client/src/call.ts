// One call to the origin over HTTP, as the signed-in account (contracts §3, §4). It does not know what is asked.
import type { ErrorCode } from "@parley/contracts";
import type { ChatOptions } from "./api.ts";
import { ChatError } from "./chat-error.ts";

/** Longest wait for an answer. */
const answerMsMax = 15_000;

interface Request {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As JSON. */
  body?: object;
  signal?: AbortSignal;
}

/** @throws ChatError with the code of the refusal; UNAVAILABLE without an answer */
export type Call = <T>(path: string, request?: Request) => Promise<T>;

/** @param origin `https://chat.example`, without a slash at its end */
export function createCall(origin: string, getToken: ChatOptions["getToken"]): Call {
  async function ask(path: string, { method = "GET", body, signal }: Request, isTokenOld: boolean): Promise<Response> {
    const headers = {
      Authorization: `Bearer ${await getToken({ fresh: isTokenOld })}`,
      ...(body && { "Content-Type": "application/json" }),
    };
    const timeout = AbortSignal.timeout(answerMsMax);
    return fetch(`${origin}${path}`, {
      method,
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new ChatError("UNAVAILABLE", String(error));
    });
  }

  return async <T>(path: string, request: Request = {}) => {
    const first = await ask(path, request, false);
    const response = first.status === 401 ? await ask(path, request, true) : first;
    if (!response.ok) throw await readError(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
}

async function readError(response: Response): Promise<ChatError> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code: ErrorCode; message: string } }
    | undefined;
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const { code = "UNAVAILABLE", message = `HTTP ${response.status}` } = body?.error ?? {};
  return new ChatError(code, message, Number.isNaN(seconds) ? undefined : seconds * 1_000);
}
