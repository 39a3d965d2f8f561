// The port under the engine: whatever carries a session's octets.

/** None of its methods may throw. */
export interface Transport {
  /**
   * One or more whole frames, or an EOL. The buffer may be shared: it must not be changed.
   * @param isPatient it may wait a few milliseconds for others to leave with
   */
  send(data: Buffer, isPatient?: boolean): void;
  /** Whether so much waits for the client that what may be left out should be. */
  readonly isCongested?: boolean;
  /** After this nothing is sent; what was sent before still leaves, even if it was paused. `code`: RFC 6455 §7.4, `reason`: ASCII. */
  close(code: number, reason: string): void;
  /** Stop reading: enough octets wait behind a frame under way. */
  pause(): void;
  resume(): void;
}
