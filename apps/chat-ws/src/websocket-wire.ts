// A WebSocket as a wire. It is the only file here that knows the WebSocket library's sockets.
import { isUtf8 } from "node:buffer";
import type { WebSocket } from "ws";
import type { Wire } from "./connection.ts";

/** A close reason has at most 123 octets (RFC 6455 §5.5). */
const reasonBytesMax = 123;

export function createWebSocketWire(socket: WebSocket): Wire {
  return {
    // Valid UTF-8 goes as text, since old clients garble it in binary messages (C-171).
    send: (data) => socket.send(data, { binary: !isUtf8(data), compress: false }),
    get waitingBytes() {
      return socket.bufferedAmount;
    },
    close: (code, reason) => socket.close(code, reason.slice(0, reasonBytesMax)),
    terminate: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    listen({ received, closed }) {
      socket.on("message", received);
      socket.on("error", () => {}); // The library closes with the code of the fault; "close" follows.
      socket.on("close", closed);
    },
  };
}
