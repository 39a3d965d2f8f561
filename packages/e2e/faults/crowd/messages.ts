// What the suite and the process of a crowd say to each other.

export type Command =
  /** Brings members, so many per second, each to one of the rooms and one of the gateways by turns. */
  | { kind: "open"; size: number; perSecond: number; gateways: string[]; token: string; rooms: string[] }
  /** Ends all connections at once; within so many milliseconds all come back, to these gateways. */
  | { kind: "reset"; withinMs: number; gateways: string[]; token: string }
  /** Forgets how long deliveries took so far. */
  | { kind: "measure" }
  | { kind: "report" };

/** Milliseconds from when a message was sent; for those whose content says when that was. */
export interface Delays {
  count: number;
  p50: number;
  p99: number;
  most: number;
}

export interface Report {
  /** Members that are connected and whose subscription stands. */
  standing: number;
  /** From the last `open` or `reset` until the last of them stood, in milliseconds. */
  tookMs: number;
  /** Since then: answered with 503 and a time to come back, with 503 alone, with something else or nothing. */
  told: number;
  toldNoTime: number;
  failed: number;
  /** Connections that the server ended since the beginning. */
  lost: number;
  /** MESSAGEs since the beginning, and seqs that were skipped. */
  given: number;
  skipped: number;
  /** Members that have not come as far as others of their room. */
  behind: number;
  /** Until a message was first seen; until it was confirmed. */
  seen: Delays;
  confirmed: Delays;
}

/** How content begins that says when it was sent. @param epochMs milliseconds since 1970, with fractions */
export function formatSentAt(epochMs: number): string {
  return `at ${epochMs.toFixed(2)}`;
}

export function parseSentAt(content: string): number | undefined {
  const epochMs = Number(/^at (\d+\.\d+) /.exec(content)?.[1]);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** The same in all processes of a machine, and as fine as the monotonic clock. */
export const epochNowMs = (): number => performance.timeOrigin + performance.now();
