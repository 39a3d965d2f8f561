// What the engine itself refuses. Such a refusal always ends the connection; it must not know how it is told.
import { Refusal, type ErrorCode } from "@parley/contracts";

/** PROTOCOL for broken rules, TOO_LARGE for sizes, TOO_MANY for counts, FORBIDDEN for unknown destinations, TIMEOUT. */
export class Fault extends Refusal {
  /** More headers for the ERROR frame. */
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail private, and without anything the client sent */
  constructor(code: ErrorCode, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, detail);
    this.headers = headers;
  }
}
