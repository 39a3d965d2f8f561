// STOMP by WebSocket and by SockJS: the two doors that lead to sessions. It must not know what the sessions are for.
import type { IncomingMessage } from "node:http";
import type { Log } from "@parley/service";
import type { Wire } from "./connection.ts";
import type { Door } from "./door.ts";
import { createSockjsWebSocketWire } from "./sockjs-websocket-wire.ts";
import { createSockjsWire } from "./sockjs-wire.ts";
import { createSockjsDoor, sockjsWebSocketPath, type SockjsDoorOptions } from "./sockjs.ts";
import { createWebSocketDoor } from "./websocket-door.ts";
import { createWebSocketWire } from "./websocket-wire.ts";

export interface StompDoorsOptions {
  /** `/ws`. */
  webSocketPath: string;
  /** `/ws-sockjs`; plain WebSockets at `/ws-sockjs/websocket` too, as servers of SockJS offer them. */
  sockjsPrefix: string;
  /** Octets of a WebSocket message. */
  messageBytesMax: number;
  sockjs?: Pick<SockjsDoorOptions, "bodyBytesMax" | "responseBytesMax">;
  log: Log;
  addressOf: (request: IncomingMessage) => string;
  open: (wire: Wire, address: string) => void;
}

const subprotocols = ["v12.stomp", "v11.stomp", "v10.stomp"];

export function createStompDoors(options: StompDoorsOptions): Door[] {
  const { webSocketPath, sockjsPrefix, messageBytesMax, sockjs, log, addressOf, open } = options;
  const plain = new Set([webSocketPath, `${sockjsPrefix}/websocket`]);
  const framed = sockjsWebSocketPath(sockjsPrefix);
  return [
    createWebSocketDoor({
      takesUpgrade: (path) => plain.has(path),
      messageBytesMax,
      subprotocols,
      onConnection: (webSocket, socket, request) => open(createWebSocketWire(webSocket, socket), addressOf(request)),
    }),
    createWebSocketDoor({
      takesUpgrade: (path) => framed.test(path),
      messageBytesMax,
      subprotocols: [],
      onConnection: (webSocket, socket, request) =>
        open(createSockjsWebSocketWire(createWebSocketWire(webSocket, socket)), addressOf(request)),
    }),
    createSockjsDoor({
      ...sockjs,
      prefix: sockjsPrefix,
      log,
      addressOf,
      onConnection: (connection, responses, address) => open(createSockjsWire(connection, responses), address),
    }),
  ];
}
