// A SockJS session that is carried by requests, a stream of XHR or polls, as a wire. It is the only file that looks
// behind the library's connection, at what waits there for a client that does not read or does not poll.
import { Refusal } from "@parley/contracts";
import type { ServerResponse } from "node:http";
import type { Connection } from "sockjs";
import type { Wire, WireEvents } from "./connection.ts";

/** sockjs 0.3: what a connection's session holds. */
interface HiddenSession {
  send_buffer: string[];
}

const sessionKey = "_session";

/** What a client may send while it has to wait; beyond it the connection ends. */
const inboxBytesMax = 1024 * 1024;

/** @param responses that have not left: what a client asked for and does not read waits there */
export function createSockjsWire(connection: Connection, responses: ReadonlySet<ServerResponse>): Wire {
  const session = (connection as unknown as Record<typeof sessionKey, HiddenSession>)[sessionKey];
  let queuedBytes = 0;
  let sentBytes = 0;
  let isPaused = false;
  let inboxBytes = 0;
  let events: WireEvents | undefined;

  return {
    // One message, which may hold several frames. Clients of SockJS take nothing but text.
    send(data) {
      if (session.send_buffer.length === 0) queuedBytes = 0;
      queuedBytes += data.length;
      sentBytes += data.length;
      connection.write(data.toString());
      events?.written();
    },
    get waitingBytes() {
      let bytes = session.send_buffer.length === 0 ? 0 : queuedBytes;
      for (const response of responses) bytes += response.writableLength;
      return bytes;
    },
    get sentBytes() {
      return sentBytes;
    },
    close: (code, reason) => void connection.close(code as unknown as string, reason),
    terminate() {
      for (const response of responses) response.destroy();
    },
    pause: () => void (isPaused = true),
    resume() {
      isPaused = false;
      inboxBytes = 0;
    },
    listen(listener) {
      events = listener;
      const { received, refused, closed } = listener;
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
