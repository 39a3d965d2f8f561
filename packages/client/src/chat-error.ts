// What the SDK throws: a code of contracts §6, so that an app has one table of sentences for all that can go wrong.
import type { ErrorCode } from "@parley/contracts";

export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
