// What the SDK throws: a code of contracts §6, so that an app has one table of sentences for all that can go wrong.
import { errors, type ErrorCode } from "@parley/contracts";

export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ErrorCode;
  /** Milliseconds until another try makes sense, if the server said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The code of whatever an app threw, if it has one of ours. */
export function codeOf(error: unknown): ErrorCode | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" && code in errors ? (code as ErrorCode) : undefined;
}
