// A SockJS session as a wire, whatever carries it: a WebSocket, a stream of XHR, or polls. It is the only file that
// looks behind the library's connection, at what waits there for a client that does not read or does not poll.
import { Refusal } from "@parley/contracts";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Connection } from "sockjs";
import type { Wire } from "./connection.ts";

/** sockjs 0.3: what a connection's session holds. `recv` carries it just now; a WebSocket's has a connection. */
interface HiddenSession {
  send_buffer: string[];
  recv: { connection?: Socket } | null;
}

const sessionKey = "_session";

/** What a client may send while it has to wait; beyond it the connection ends. */
const inboxBytesMax = 1024 * 1024;

/** @param responses that have not left: what a client asked for and does not read waits there */
export function createSockjsWire(connection: Connection, responses: ReadonlySet<ServerResponse>): Wire {
  const session = (connection as unknown as Record<typeof sessionKey, HiddenSession>)[sessionKey];
  /** A WebSocket's; one that serves polls belongs to other requests too. */
  const ownSocket = session.recv?.connection;
  let queuedBytes = 0;
  let isPaused = false;
  let inboxBytes = 0;

  return {
    // One message, which may hold several frames. Clients of SockJS take nothing but text.
    send(data) {
      if (session.send_buffer.length === 0) queuedBytes = 0;
      queuedBytes += data.length;
      connection.write(data.toString());
    },
    get waitingBytes() {
      let bytes = (session.send_buffer.length === 0 ? 0 : queuedBytes) + (ownSocket?.writableLength ?? 0);
      for (const response of responses) bytes += response.writableLength;
      return bytes;
    },
    close: (code, reason) => void connection.close(code as unknown as string, reason),
    terminate() {
      ownSocket?.destroy();
      for (const response of responses) response.destroy();
    },
    pause() {
      isPaused = true;
      ownSocket?.pause();
    },
    resume() {
      isPaused = false;
      inboxBytes = 0;
      ownSocket?.resume();
    },
    listen({ received, refused, closed }) {
      connection.on("data", (message: unknown) => {
        if (typeof message !== "string" || !message.isWellFormed())
          return refused(new Refusal("PROTOCOL", "a SockJS message that is no text"));
        const data = Buffer.from(message);
        if (isPaused) inboxBytes += data.length;
        if (inboxBytes > inboxBytesMax) return refused(new Refusal("OVERLOADED", `more than ${inboxBytesMax} octets`));
        received(data);
      });
      connection.on("close", closed);
    },
  };
}
