// One client's connection as the transport of one STOMP session, with bounds on what waits for a slow reader.
// It does not know what the connection is made of: that is a wire.
import { Refusal } from "@parley/contracts";
import type { Session, Transport } from "@parley/stomp";
import type { Outlet } from "./turn.ts";

/** What carries octets to one client and back: a WebSocket, or a SockJS session over whatever transport. */
export interface Wire {
  /** None of these may throw. @param isPatient it may wait a few milliseconds for others to leave with */
  send(data: Buffer, isPatient?: boolean): void;
  /** Where frames may go in that many are sent, if this kind of wire can share them. */
  readonly outlet?: Outlet;
  /** Octets that were sent and have not left. */
  readonly waitingBytes: number;
  /** All octets that were ever sent, counted as those that wait. */
  readonly sentBytes: number;
  /**
   * Of a message of which a part has come: how many were whole before. Undefined if there is none, or nobody reads. Absent
   * where messages come whole.
   */
  readonly unfinished?: number | undefined;
  /** What was sent before still leaves. */
  close(code: number, reason: string): void;
  /** At once. */
  terminate(): void;
  pause(): void;
  resume(): void;
  /** Called once, before anything else. */
  listen(events: WireEvents): void;
}

export interface WireEvents {
  received: (data: Buffer) => void;
  /** Something has left, or waits behind what did not. */
  written: () => void;
  /** Whether what may be left out should be. */
  isCongested: () => boolean;
  /** What came cannot be part of any frame, or is more than is taken. */
  refused: (refusal: Refusal) => void;
  /** Once; nothing comes after it. */
  closed: () => void;
}

export interface OutboxLimits {
  /** Octets that may wait for the reader. Beyond: SLOW_CONSUMER. From half of it on, previews are left out. */
  outboxBytesMax: number;
  /** How long any of them may wait, in milliseconds. Beyond: SLOW_CONSUMER. */
  outboxMs: number;
}

export interface ConnectionOptions<P> extends OutboxLimits {
  wire: Wire;
  /** Of the client, as seen through proxies. */
  address: string;
  /** How long the rest of a message may take, in milliseconds: the engine sees whole ones only. Beyond: TIMEOUT. */
  frameMs: number;
  createSession: (transport: Transport) => Session<P>;
  /** The client is gone. */
  ended: () => void;
}

export interface Connection {
  /** Heart-beats and deadlines. To be called about every tickMs of the engine. */
  tick(nowMs: number): void;
  /** ERROR, then close. */
  end(refusal: Refusal): void;
  /** The same, once all that is under way is decided. */
  retire(refusal: Refusal): void;
  terminate(): void;
}

/** Where frames for many may go, if the session's wire can share them. */
export function outletOf(session: Session<unknown>): Outlet | undefined {
  return (session.transport as Transport & { outlet?: Outlet }).outlet;
}

/** Of the client that it belongs to. */
export function addressOf(session: Session<unknown>): string {
  return (session.transport as Transport & { address?: string }).address ?? "";
}

/** How long the peer may take to answer the close handshake. */
const closeMs = 1_000;

export function createConnection<P>(options: ConnectionOptions<P>): Connection {
  const { wire, address, frameMs, outboxBytesMax, outboxMs, createSession, ended } = options;
  let isSlow = false;
  /** All that was sent before this moment, if any of it still waits. */
  let oldest: { sentBytes: number; atMs: number } | undefined;

  let unfinished: { message: number; sinceMs: number } | undefined;

  const isCongested = () => wire.waitingBytes > outboxBytesMax / 2;
  const transport: Transport & { outlet: Outlet | undefined; address: string } = {
    outlet: wire.outlet,
    address,
    send: (data, isPatient) => wire.send(data, isPatient),
    get isCongested() {
      return isCongested();
    },
    close(code, reason) {
      wire.close(code, reason);
      wire.resume(); // The peer's answer must be read.
      // The handshake waits behind all that was sent: a peer that does not read never sees it.
      setTimeout(() => wire.terminate(), closeMs).unref();
    },
    pause: () => wire.pause(),
    resume: () => wire.resume(),
  };
  const session = createSession(transport);

  function endSlow(detail: string) {
    if (isSlow) return;
    isSlow = true;
    session.end(new Refusal("SLOW_CONSUMER", detail));
  }

  /** Looks whether what waited earlier has left. */
  function lookAtOutbox(nowMs: number) {
    const { waitingBytes, sentBytes } = wire;
    if (waitingBytes === 0) oldest = undefined;
    else if (oldest === undefined || sentBytes - waitingBytes >= oldest.sentBytes) oldest = { sentBytes, atMs: nowMs };
    else if (nowMs - oldest.atMs > outboxMs) endSlow(`octets wait for longer than ${outboxMs} ms`);
  }

  /** The engine's own clock for unfinished frames starts with the first message of one. */
  function lookAtInput(nowMs: number) {
    const message = wire.unfinished;
    if (message === undefined) unfinished = undefined;
    else if (message !== unfinished?.message) unfinished = { message, sinceMs: nowMs };
    else if (nowMs - unfinished.sinceMs >= frameMs) session.end(new Refusal("TIMEOUT", "a message is not finished"));
  }

  wire.listen({
    received: (data) => session.receive(data),
    refused: (refusal) => session.end(refusal),
    written() {
      session.sent();
      if (wire.waitingBytes > outboxBytesMax) endSlow(`more than ${outboxBytesMax} octets wait`);
    },
    isCongested,
    closed() {
      session.closedByPeer();
      ended();
    },
  });
  return {
    tick(nowMs) {
      session.tick(nowMs);
      lookAtOutbox(nowMs);
      lookAtInput(nowMs);
    },
    end: (refusal) => session.end(refusal),
    retire: (refusal) => session.retire(refusal),
    terminate: () => wire.terminate(),
  };
}
