// One WebSocket as the transport of one STOMP session, with a bound on what waits for a slow reader.
// It is the only file here that knows the WebSocket library's sockets.
import { isUtf8 } from "node:buffer";
import { Refusal } from "@parley/contracts";
import type { Session, Transport } from "@parley/stomp";
import type { WebSocket } from "ws";

/** A close reason has at most 123 octets (RFC 6455 §5.5). */
const reasonBytesMax = 123;
/** How long the peer may take to answer the close handshake. */
const closeMs = 1_000;

export interface ConnectionOptions<P> {
  socket: WebSocket;
  outboxBytesMax: number;
  createSession: (transport: Transport) => Session<P>;
  /** The socket is gone. */
  ended: (session: Session<P>) => void;
}

export function createConnection<P>({
  socket,
  outboxBytesMax,
  createSession,
  ended,
}: ConnectionOptions<P>): Session<P> {
  let isSlow = false;

  const session = createSession({
    send(data) {
      // Valid UTF-8 goes as text, since old clients garble it in binary messages (C-171).
      socket.send(data, { binary: !isUtf8(data), compress: false });
      if (isSlow || socket.bufferedAmount <= outboxBytesMax) return;
      isSlow = true;
      session.end(new Refusal("SLOW_CONSUMER", `more than ${outboxBytesMax} octets wait`));
    },
    close(code, reason) {
      socket.close(code, reason.slice(0, reasonBytesMax));
      socket.resume(); // The peer's answer must be read.
      // The handshake waits behind all that was sent: a peer that does not read never sees it.
      setTimeout(() => socket.terminate(), closeMs).unref();
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  });

  socket.on("message", (data: Buffer) => session.receive(data));
  socket.on("error", () => {}); // The library closes with the code of the fault; "close" follows.
  socket.on("close", () => {
    session.closedByPeer();
    ended(session);
  });
  return session;
}
