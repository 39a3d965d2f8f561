// One call to chat-auth. The browser adds the refresh cookie by itself; what concerns the account takes a token too.
import { ChatError } from "@parley/client";
import type { ErrorCode } from "@parley/contracts";

interface AuthRequest {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: object;
  token?: string;
  /** Whoever leaves the page meanwhile does not lose the cookie that the answer brings. */
  outlivesPage?: boolean;
}

/** @throws ChatError */
export async function callAuth<T>(path: string, request: AuthRequest = {}): Promise<T> {
  const { method = "POST", body, token, outlivesPage: keepalive = false } = request;
  const headers = {
    ...(method !== "GET" && { "Content-Type": "application/json" }),
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
  };
  const sent = method === "GET" ? {} : { body: JSON.stringify(body ?? {}) };
  const response = await fetch(`/auth/${path}`, { method, headers, keepalive, ...sent }).catch((error: unknown) => {
    throw new ChatError("UNAVAILABLE", String(error));
  });
  const answer = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (response.ok) return answer as T;
  const { code, message } = (answer as { error?: { code: ErrorCode; message: string } } | undefined)?.error ?? {};
  throw new ChatError(code ?? "UNAVAILABLE", message ?? `HTTP ${response.status}`);
}
