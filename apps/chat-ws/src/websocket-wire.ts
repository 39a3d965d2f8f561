// A WebSocket as a wire. Messages are framed here and written to the socket beneath the library, so that subscribers of
// a room share them; the library reads, answers pings and closes. Nobody else knows its sockets.
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Refusal } from "@parley/contracts";
import type { WebSocket } from "ws";
import { Bucket } from "@parley/service";
import type { Wire, WireEvents } from "./connection.ts";
import { createTurn, type Group } from "./turn.ts";
import { encodeWebSocketFrame } from "./websocket-frame.ts";

/** A close reason has at most 123 octets (RFC 6455 §5.5). */
const reasonBytesMax = 123;
/** Each ping is answered with a pong: more of them than this end the connection with RATE_LIMITED. */
const pingsPerSecondMax = 10;
const pingsBurstMax = 100;
/** Of a ping or pong from a client, besides its payload (RFC 6455 §5.2): two, and four of the mask. */
const controlBytes = 6;

const turn = createTurn(encodeWebSocketFrame);

/** Of the outlets of WebSockets. */
export const openOutletGroup = <M>(): Group<M> => turn.openGroup<M>();

/** @param stream that carries the WebSocket. No extension may be negotiated: it would have to see what is sent */
export function createWebSocketWire(webSocket: WebSocket, stream: Duplex): Wire {
  const socket = stream as Socket; // Of an HTTP server there is no other kind.
  let pings: Bucket | undefined;
  let wholes = 0;
  /** Of what has been read of the socket, what belongs to whole messages, pings and pongs. */
  let wholeBytes = 0;
  let isPaused = false;
  let writtenBytes = 0;
  let events: WireEvents | undefined;
  const outlet = turn.open({
    write(octets) {
      if (!socket.writable) return;
      writtenBytes += octets.length;
      socket.write(octets);
      events?.written();
    },
    isCongested: () => events?.isCongested() ?? false,
  });
  return {
    outlet,
    send: (data, isPatient) => outlet.add(data, isPatient),
    get waitingBytes() {
      return socket.writableLength + outlet.waitingBytes;
    },
    get unfinished() {
      return !isPaused && socket.bytesRead > wholeBytes ? wholes : undefined;
    },
    get sentBytes() {
      return writtenBytes + outlet.waitingBytes;
    },
    close(code, reason) {
      outlet.flush();
      webSocket.close(code, reason.slice(0, reasonBytesMax));
    },
    terminate: () => webSocket.terminate(),
    pause() {
      isPaused = true;
      webSocket.pause();
    },
    resume() {
      isPaused = false;
      webSocket.resume();
    },
    listen(listener) {
      events = listener;
      const { received, refused, closed } = listener;
      wholeBytes = socket.bytesRead; // The request for it.
      webSocket.on("message", (data: Buffer) => {
        wholes++;
        wholeBytes = socket.bytesRead;
        received(data);
      });
      // They may come within a message, and do not finish it.
      const passOver = (payload: Buffer) => (wholeBytes += controlBytes + payload.length);
      webSocket.on("pong", passOver);
      webSocket.on("ping", (payload: Buffer) => {
        passOver(payload);
        const nowMs = performance.now();
        pings ??= new Bucket(pingsPerSecondMax, pingsBurstMax, nowMs);
        if (pings.take(nowMs) > 0) refused(new Refusal("RATE_LIMITED", "too many pings"));
      });
      webSocket.on("error", () => {}); // The library closes with the code of the fault; "close" follows.
      webSocket.on("close", closed);
    },
  };
}
