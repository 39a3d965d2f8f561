// How much one connection may ask of the engine. It must not know who sets other values.

export interface Limits {
  /** Octets of a whole frame, its NUL included. Beyond: TOO_LARGE. */
  frameBytesMax: number;
  /** Header lines of a frame, repetitions included. Beyond: TOO_LARGE. */
  headersMax: number;
  /** Octets of a header line without its EOL. Beyond: TOO_LARGE. */
  headerLineBytesMax: number;
  /**
   * Octets up to the end of CONNECT. Beyond: TOO_LARGE, or PROTOCOL if no frame has begun. While CONNECT is being judged
   * as many more may wait. Beyond: the transport is paused.
   */
  connectBytesMax: number;
  /** From the first moment to CONNECTED. Beyond: TIMEOUT. */
  connectMs: number;
  /** From the first octet of a frame to its last. Beyond: TIMEOUT. */
  frameMs: number;
  /** How long DISCONNECT waits for outcomes. Beyond: TIMEOUT instead of its RECEIPT. */
  disconnectMs: number;
  /** Subscriptions at a time. Beyond: TOO_MANY. */
  subscriptionsMax: number;
  /** Open transactions. Beyond: TOO_MANY. */
  transactionsMax: number;
  /** Frames in one transaction. Beyond: TOO_MANY. */
  transactionFramesMax: number;
  /** Octets of headers and bodies in one transaction. Beyond: TOO_LARGE. */
  transactionBytesMax: number;
  /** Messages of one subscription that wait for ACK or NACK. Beyond: SLOW_CONSUMER. */
  ackWindowMax: number;
  /** Octets that wait behind a frame under way. Beyond: the transport is paused. */
  pendingBytesMax: number;
  /** Outcomes under way. Beyond: later frames wait. */
  outcomesMax: number;
}

export const stompLimits: Limits = {
  frameBytesMax: 65_536,
  headersMax: 32,
  headerLineBytesMax: 4_096,
  connectBytesMax: 8_192,
  connectMs: 10_000,
  frameMs: 30_000,
  disconnectMs: 10_000,
  subscriptionsMax: 128,
  transactionsMax: 8,
  transactionFramesMax: 100,
  transactionBytesMax: 262_144,
  ackWindowMax: 1_000,
  pendingBytesMax: 131_072,
  outcomesMax: 256,
};

/** How often the owner calls `tick`, in milliseconds. */
export const tickMs = 250;
