// One client's connection as the transport of one STOMP session, with a bound on what waits for a slow reader.
// It does not know what the connection is made of: that is a wire.
import { Refusal } from "@parley/contracts";
import type { Session, Transport } from "@parley/stomp";

/** What carries octets to one client and back: a WebSocket, or a SockJS session over whatever transport. */
export interface Wire {
  /** None of these may throw. */
  send(data: Buffer): void;
  /** Octets that were sent and have not left. */
  readonly waitingBytes: number;
  /** What was sent before still leaves. */
  close(code: number, reason: string): void;
  /** At once. */
  terminate(): void;
  pause(): void;
  resume(): void;
  /** Called once, before anything else. */
  listen(events: WireEvents): void;
}

interface WireEvents {
  received: (data: Buffer) => void;
  /** What came cannot be part of any frame, or is more than is taken. */
  refused: (refusal: Refusal) => void;
  /** Once; nothing comes after it. */
  closed: () => void;
}

export interface ConnectionOptions<P> {
  wire: Wire;
  outboxBytesMax: number;
  createSession: (transport: Transport) => Session<P>;
  /** The client is gone. */
  ended: (session: Session<P>) => void;
}

/** How long the peer may take to answer the close handshake. */
const closeMs = 1_000;

export function createConnection<P>({ wire, outboxBytesMax, createSession, ended }: ConnectionOptions<P>): Session<P> {
  let isSlow = false;

  const session = createSession({
    send(data) {
      wire.send(data);
      if (isSlow || wire.waitingBytes <= outboxBytesMax) return;
      isSlow = true;
      session.end(new Refusal("SLOW_CONSUMER", `more than ${outboxBytesMax} octets wait`));
    },
    close(code, reason) {
      wire.close(code, reason);
      wire.resume(); // The peer's answer must be read.
      // The handshake waits behind all that was sent: a peer that does not read never sees it.
      setTimeout(() => wire.terminate(), closeMs).unref();
    },
    pause: () => wire.pause(),
    resume: () => wire.resume(),
  });
  wire.listen({
    received: (data) => session.receive(data),
    refused: (refusal) => session.end(refusal),
    closed() {
      session.closedByPeer();
      ended(session);
    },
  });
  return session;
}
