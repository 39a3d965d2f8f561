// A SockJS session over a WebSocket, as a wire: SockJS's frames around what a plain WebSocket carries, so that bounds,
// pings and shared writes are the same for both. It must not know sockets.
import { Refusal } from "@parley/contracts";
import type { Wire } from "./connection.ts";
import { sockjsHeartbeatMs } from "./sockjs.ts";

const opened = Buffer.from("o");
const heartbeat = Buffer.from("h");

/** The latest message and its frame: a room's subscribers are sent the same one after the other. */
let latest: { data: Buffer; frame: Buffer } | undefined;

/** One message, which may hold several STOMP frames. Clients of SockJS take nothing but text. */
function encodeMessageFrame(data: Buffer): Buffer {
  if (latest?.data !== data) latest = { data, frame: Buffer.from(`a${JSON.stringify([data.toString()])}`) };
  return latest.frame;
}

/** The messages in what a client sent: a list of texts, or one text; undefined if it is neither. */
function decodeMessages(data: Buffer): string[] | undefined {
  if (data.length === 0) return [];
  try {
    const json: unknown = JSON.parse(data.toString());
    const messages: unknown[] = Array.isArray(json) ? json : [json];
    return messages.every((message) => typeof message === "string" && message.isWellFormed())
      ? (messages as string[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param wire of the WebSocket */
export function createSockjsWebSocketWire(wire: Wire): Wire {
  wire.send(opened);
  const beating = setInterval(() => wire.send(heartbeat), sockjsHeartbeatMs).unref();
  return {
    send: (data, isPatient) => wire.send(encodeMessageFrame(data), isPatient),
    get waitingBytes() {
      return wire.waitingBytes;
    },
    get sentBytes() {
      return wire.sentBytes;
    },
    get unfinished() {
      return wire.unfinished;
    },
    // The code and the reason are SockJS's; the WebSocket beneath ends in good order.
    close(code, reason) {
      clearInterval(beating);
      wire.send(Buffer.from(`c${JSON.stringify([code, reason])}`));
      wire.close(1000, "");
    },
    terminate: () => wire.terminate(),
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    listen(events) {
      const { received, refused, closed } = events;
      wire.listen({
        ...events,
        received(data) {
          const messages = decodeMessages(data);
          if (messages === undefined) return refused(new Refusal("PROTOCOL", "broken SockJS framing"));
          for (const message of messages) received(Buffer.from(message));
        },
        closed() {
          clearInterval(beating);
          closed();
        },
      });
    },
  };
}
