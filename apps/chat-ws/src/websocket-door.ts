// The door for plain WebSockets. What comes of a connection is not its business.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Door } from "./door.ts";

export interface WebSocketDoorOptions {
  takesUpgrade: (path: string) => boolean;
  /** Octets of a message. Beyond: close 1009 at its header. */
  messageBytesMax: number;
  /** The best first; what offers none of them is served all the same. */
  subprotocols: readonly string[];
  /** @param socket that carries the WebSocket */
  onConnection: (webSocket: WebSocket, socket: Duplex, request: IncomingMessage) => void;
}

/** Fragments of one message, and pieces in which the octets of a frame arrive. Beyond: close 1008. */
const fragmentsMax = 4_096;

/** Not in the library's types: it would end a connection without a word. The wire counts pings. */
const pongsWithoutBound = { maxPendingAutoPongs: 0 };

/** No compression: a frame can only be shared by those who are sent the same octets, and bombs cannot be sent. */
export function createWebSocketDoor(options: WebSocketDoorOptions): Door {
  const { takesUpgrade, messageBytesMax, subprotocols, onConnection } = options;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
    maxFragments: fragmentsMax,
    maxBufferedChunks: fragmentsMax,
    ...pongsWithoutBound,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  return {
    takesUpgrade,
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (webSocket) => onConnection(webSocket, socket, request)),
  };
}
