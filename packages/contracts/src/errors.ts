// The one table of refusals: what HTTP, STOMP and WebSocket say for each code. It must not know who raises them.

interface ErrorEntry {
  /** HTTP status. */
  status: number;
  /** WebSocket close code (RFC 6455 §7.4). */
  close: number;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** What the public is told. */
  text: string;
}

export const errors = {
  INVALID: { status: 400, close: 1008, retryable: false, text: "The request is not valid." },
  TOO_LONG: { status: 400, close: 1008, retryable: false, text: "The text is too long." },
  UNAUTHENTICATED: { status: 401, close: 1008, retryable: false, text: "The credentials are missing or wrong." },
  TOKEN_EXPIRED: { status: 401, close: 1008, retryable: false, text: "The access token has expired." },
  FORBIDDEN: { status: 403, close: 1008, retryable: false, text: "This is not allowed." },
  NOT_FOUND: { status: 404, close: 1008, retryable: false, text: "There is no such thing here." },
  CONFLICT: { status: 409, close: 1008, retryable: false, text: "This contradicts what is already there." },
  RATE_LIMITED: { status: 429, close: 1008, retryable: true, text: "Too fast. Slow down and try again." },
  INTERNAL: { status: 500, close: 1011, retryable: false, text: "Something went wrong on our side." },
  OVERLOADED: { status: 503, close: 1013, retryable: true, text: "Too much is waiting. Try again in a moment." },
  UNAVAILABLE: {
    status: 503,
    close: 1013,
    retryable: true,
    text: "The service is not reachable. Try again in a moment.",
  },
  TIMEOUT: { status: 504, close: 1013, retryable: true, text: "No answer in time. Try again with the same tempId." },
  PROTOCOL: { status: 400, close: 1002, retryable: false, text: "The frame breaks the protocol." },
  TOO_LARGE: { status: 413, close: 1009, retryable: false, text: "The frame, header or body is too large." },
  TOO_MANY: { status: 429, close: 1008, retryable: false, text: "Too many of these." },
  SLOW_CONSUMER: { status: 503, close: 1013, retryable: true, text: "This connection reads too slowly. Come back." },
  RESYNC: { status: 503, close: 1013, retryable: true, text: "Load the history and subscribe from its position." },
  RESTART: { status: 503, close: 1012, retryable: true, text: "The server restarts. Come back." },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** What a refusal concerns, as far as it is known; it goes to the client with the code. */
export interface RefusalContext {
  roomId?: string | undefined;
  tempId?: string | undefined;
  /** Milliseconds until a retry makes sense. */
  retryAfterMs?: number | undefined;
}

/** Raised wherever something is refused: a code for the public, a detail for our logs only. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  readonly context: RefusalContext;

  /** @param detail private: never sent to a client, never a token or message content. */
  constructor(code: ErrorCode, detail: string, context: RefusalContext = {}) {
    super(detail);
    this.code = code;
    this.context = context;
  }

  /** Any thrown value as a refusal: what is not one is INTERNAL, with the original as its cause. */
  static from(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    const refusal = new Refusal("INTERNAL", error instanceof Error ? error.message : String(error));
    refusal.cause = error;
    return refusal;
  }

  get entry(): ErrorEntry {
    return errors[this.code];
  }
}

/** The body of every HTTP error (contracts §6). */
export function formatHttpError(code: ErrorCode, requestId: string) {
  return { error: { code, message: errors[code].text, requestId } };
}
