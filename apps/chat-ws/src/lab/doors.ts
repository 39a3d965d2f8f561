// The doors of `/lab`: the engine behind raw destinations, a WebSocket echo behind the product's own options, and the
// mounts that test suites of SockJS expect. Off by default and refused in production.
import type { IncomingMessage } from "node:http";
import type { Log } from "@parley/service";
import { stompLimits, type Limits } from "@parley/stomp";
import type { Connection } from "sockjs";
import type { Door } from "../door.ts";
import type { SessionKind, Sessions } from "../sessions.ts";
import { createSockjsDoor, type SockjsDoorOptions } from "../sockjs.ts";
import { createStompDoors } from "../stomp-doors.ts";
import { createWebSocketDoor } from "../websocket-door.ts";
import { createLabBroker } from "./broker.ts";

const megabyte = 1024 * 1024;
/** Bodies of up to 2 MiB, and their headers. */
const frameBytesMax = 2 * megabyte + 65_536;
/** Larger frames come whole, so that they are refused by ERROR. */
const messageBytesMax = 40 * megabyte;
/** Small, as the suites expect it, so that streams end often. */
const responseBytesMax = 4_096;
const limits: Limits = {
  ...stompLimits,
  frameBytesMax,
  pendingBytesMax: 2 * frameBytesMax,
  transactionBytesMax: 2 * frameBytesMax,
};
const outbox = { outboxBytesMax: 64 * megabyte, outboxMs: 30_000 };
const heartBeat = { sendMs: 1_000, receiveMs: 1_000 };

interface Options {
  sessions: Sessions;
  log: Log;
  addressOf: (request: IncomingMessage) => string;
}

export function createLabDoors({ sessions, log, addressOf }: Options): Door[] {
  const kind: SessionKind<string> = { broker: createLabBroker(), limits, outbox, heartBeat };
  const mount = (name: string, more: Partial<SockjsDoorOptions>, onConnection = echo): Door => ({
    ...createSockjsDoor({
      prefix: `/lab/${name}`,
      log,
      addressOf,
      bodyBytesMax: frameBytesMax,
      responseBytesMax,
      pages: true,
      onConnection,
      ...more,
    }),
    // Suites come from origins that there are not. There is nothing here that another site could take.
    anyOrigin: true,
  });
  return [
    ...createStompDoors({
      webSocketPath: "/lab/ws",
      sockjsPrefix: "/lab/sockjs",
      messageBytesMax,
      sockjs: { bodyBytesMax: frameBytesMax, responseBytesMax },
      log,
      addressOf,
      open: (wire, address) => sessions.open(wire, address, kind),
    }),
    createEchoDoor(),
    mount("echo", {}),
    mount("disabled_websocket_echo", { webSockets: false }),
    mount("cookie_needed_echo", { cookies: true }),
    mount("close", {}, (connection) => void connection.close(3000 as unknown as string, "Go away!")),
  ];
}

function createEchoDoor(): Door {
  return createWebSocketDoor({
    takesUpgrade: (path) => path === "/lab/ws-echo",
    messageBytesMax: frameBytesMax,
    subprotocols: [],
    onConnection(webSocket) {
      webSocket.on("error", () => {}); // The library closes with the code of the fault.
      webSocket.on("message", (data: Buffer, isBinary) => {
        webSocket.pause(); // Until it has left: who sends and does not read waits.
        webSocket.send(data, { binary: isBinary }, () => webSocket.resume());
      });
    },
  });
}

function echo(connection: Connection): void {
  connection.on("data", (message) => void connection.write(message));
}
