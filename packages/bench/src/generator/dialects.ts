// How to talk to each contestant: what opens a subscription, and what publishes. It must not know sockets.
import type { LinkOptions } from "./link.ts";

interface Step {
  send?: string;
  /** What the answer begins with; without it the client is ready. */
  expect?: string;
}

interface Dialect {
  /** Of its WebSocket; without it the connection is plain TCP, in lines. */
  path?: string;
  subprotocol?: string;
  open(options: LinkOptions): Step[];
  publish(room: string, body: string, receipt?: string): string;
  /** What must be answered to stay connected: the first octet, and the answer. */
  answer?: { to: number; with: string };
}

export type DialectName = "parley" | "rabbitmq" | "socketio" | "ws" | "net";

function formatStomp(command: string, headers: string[], body = ""): string {
  return `${command}\n${headers.map((header) => `${header}\n`).join("")}\n${body}\0`;
}

function openStomp(login: string[], destination: string, { subscriptionId }: LinkOptions): Step[] {
  const connect = formatStomp("CONNECT", ["accept-version:1.2", "host:/", "heart-beat:0,0", ...login]);
  const subscribe = formatStomp("SUBSCRIBE", [`id:${subscriptionId}`, `destination:${destination}`, "receipt:stands"]);
  return [
    { send: connect, expect: "CONNECTED" },
    ...(subscriptionId === undefined ? [] : [{ send: subscribe, expect: "RECEIPT" }]),
    {},
  ];
}

export const dialects: Record<DialectName, Dialect> = {
  parley: {
    path: "/ws",
    subprotocol: "v12.stomp",
    open: (options) => openStomp([`Authorization:Bearer ${options.token}`], `/topic/${options.room}`, options),
    publish: (_room, body, receipt) =>
      formatStomp("SEND", ["destination:/app/chat", ...(receipt === undefined ? [] : [`receipt:${receipt}`])], body),
  },
  rabbitmq: {
    path: "/ws",
    subprotocol: "v12.stomp",
    open: (options) => openStomp(["login:guest", "passcode:guest"], `/topic/${options.room}`, options),
    publish: (room, body) => formatStomp("SEND", [`destination:/topic/${room}`, "content-type:application/json"], body),
  },
  socketio: {
    path: "/socket.io/?EIO=4&transport=websocket",
    open: ({ room }) => [
      { expect: "0{" },
      { send: "40", expect: "40{" },
      { send: `420["join",${JSON.stringify(room)}]`, expect: "430" },
      {},
    ],
    publish: (_room, body) => `42["chat",${body}]`,
    answer: { to: 50, with: "3" },
  },
  ws: {
    path: "/",
    open: ({ room }) => [{ send: JSON.stringify({ join: room }), expect: "joined" }, {}],
    publish: (_room, body) => body,
  },
  net: {
    open: ({ room }) => [{ send: `JOIN ${room}`, expect: "JOINED" }, {}],
    publish: (room, body) => `PUB ${room} ${body}`,
  },
};
