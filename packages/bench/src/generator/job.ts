// What the bench asks of the generator, and what it hears from it. Shapes only.
import type { DialectName } from "./dialects.ts";
import type { Faults } from "./checker.ts";

export interface Load {
  kind: "load";
  dialect: DialectName;
  /** Subscribers are spread over them. */
  ports: number[];
  tokens: string[];
  rooms: number;
  subscribersPerRoom: number;
  publishersPerRoom: number;
  /** Messages that each publisher keeps under way; 0: open loop. */
  depth: number;
  /** Messages per second in all, at random moments; open loop only. */
  perSecond: number;
  /** Whether each client has a subscription id of its own. */
  ownIds: boolean;
  warmMs: number;
  measureMs: number;
}

export interface Idle {
  kind: "idle";
  dialect: DialectName;
  ports: number[];
  tokens: string[];
  connections: number;
  rooms: number;
  /** Connections that are being opened at a time. */
  atOnce: number;
}

export type Job = Load | Idle;

export interface LoadResult {
  deliveries: number;
  seconds: number;
  /** From the intended moment of sending to the moment of reading, sorted by share, in milliseconds; open loop only. */
  latency?: { p50: number; p99: number; p999: number };
  /** How busy the generator's core was, 0 to 1. */
  generatorShare: number;
}

/** In this order; after `ready`, and for `idle` after `opened`, the generator waits for the word `go`. */
export type Report =
  | { kind: "ready" }
  | { kind: "measuring" }
  | { kind: "measured"; result: LoadResult }
  | { kind: "checked"; faults: Faults }
  | { kind: "opened"; seconds: number }
  | { kind: "failed"; reason: string };
