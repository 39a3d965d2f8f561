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

/** Every message with a RECEIPT. */
export interface Sending {
  kind: "sending";
  dialect: DialectName;
  ports: number[];
  tokens: string[];
  /** Senders are spread over them. */
  rooms: number;
  senders: number;
  /** Whether each of them reads its room, too. */
  isSubscribed: boolean;
  /** Messages that each sender keeps under way; 0: open loop. */
  depth: number;
  /** Messages per second in all, at random moments; open loop only. */
  perSecond: number;
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

export type Job = Load | Sending | Idle;

export interface Latency {
  p50: number;
  p99: number;
  p999: number;
}

export interface WindowResult {
  /** Deliveries or receipts. */
  count: number;
  seconds: number;
  /** From the moment of sending, in an open loop the intended one, to the moment of reading, in milliseconds. */
  latency?: Latency;
  /** How busy the generator's core was, 0 to 1. */
  generatorShare: number;
}

/** What senders were answered. */
export interface Answers {
  /** How many messages each of them sent. */
  sent: number[];
  /** Messages without a RECEIPT, receipts that came again, ERROR frames. */
  unanswered: number;
  repeated: number;
  refused: number;
}

/** In this order; after `ready`, and for `idle` after `opened`, the generator waits for the word `go`. */
export type Report =
  | { kind: "ready" }
  | { kind: "measuring" }
  | { kind: "measured"; result: WindowResult }
  | { kind: "checked"; faults: Faults }
  | { kind: "answered"; answers: Answers }
  | { kind: "opened"; seconds: number }
  | { kind: "failed"; reason: string };
