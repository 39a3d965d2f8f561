// The door of chat-ws: WebSockets and SockJS in, STOMP sessions out; and how they all leave when the instance stops.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "@parley/contracts";
import { isAllowedOrigin, type Log } from "@parley/service";
import { Session, stompLimits, type Broker } from "@parley/stomp";
import { WebSocketServer } from "ws";
import { createConnection, type Wire } from "./connection.ts";
import { createSockjsWire } from "./sockjs-wire.ts";
import { createSockjsDoor } from "./sockjs.ts";
import { createWebSocketWire } from "./websocket-wire.ts";

export interface GatewayOptions<P> {
  broker: Broker<P>;
  log: Log;
  /** `name/version` for CONNECTED. */
  software: string;
  allowedOrigins: string[];
  outboxBytesMax: number;
  /** Whether new connections are refused. */
  isStopping: () => boolean;
}

export interface Gateway {
  readonly sessions: number;
  /** WebSockets: to be called for every upgrade of the server. */
  attach(server: Server): void;
  /** SockJS's other transports. False if it is not for them; nothing may have read the body. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  /** Heart-beats and deadlines of all sessions. To be called about every tickMs of the engine. */
  tick(nowMs: number): void;
  /** Sends every client away with RESTART, spread over a time so that they do not all come back at once. */
  close(spreadMs: number): Promise<void>;
}

const sockjsPrefix = "/ws-sockjs";
/** The second is what SockJS servers offer to clients without SockJS. */
const paths = new Set(["/ws", `${sockjsPrefix}/websocket`]);
const subprotocols = ["v12.stomp", "v11.stomp", "v10.stomp"];
/** What the server offers (contracts §1), in milliseconds. */
const heartBeat = { sendMs: 10_000, receiveMs: 10_000 };
/** How long clients that do not answer the close handshake are waited for. */
const goodbyeMs = 1_500;

export function createGateway<P>(options: GatewayOptions<P>): Gateway {
  const { broker, log, software, allowedOrigins, outboxBytesMax, isStopping } = options;
  const sessions = new Map<Session<P>, Wire>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: stompLimits.frameBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  const sockjs = createSockjsDoor({
    prefix: sockjsPrefix,
    log,
    onConnection: (connection, responses) => open(createSockjsWire(connection, responses)),
  });

  function open(wire: Wire) {
    const session = createConnection({
      wire,
      outboxBytesMax,
      createSession: (transport) =>
        new Session({
          broker,
          transport,
          limits: stompLimits,
          server: software,
          sessionId: randomUUID(),
          heartBeat,
          now: () => performance.now(),
        }),
      ended: (ended) => sessions.delete(ended),
    });
    sessions.set(session, wire);
    if (isStopping()) session.end(new Refusal("RESTART", "stopping"));
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const path = request.url?.split("?", 1)[0] ?? "";
    const isSockjs = path.startsWith(`${sockjsPrefix}/`) && !paths.has(path);
    if (!isSockjs && !paths.has(path)) return refuse(socket, "404 Not Found");
    if (!isAllowedOrigin(request, allowedOrigins)) return refuse(socket, "403 Forbidden");
    if (isStopping()) return refuse(socket, "503 Service Unavailable", "Retry-After: 1");
    if (isSockjs) return sockjs.upgrade(request, socket, head) || refuse(socket, "404 Not Found");
    sockets.handleUpgrade(request, socket, head, (webSocket) => open(createWebSocketWire(webSocket)));
  }

  async function waitUntilEmpty(withinMs: number) {
    for (const until = performance.now() + withinMs; sessions.size > 0 && performance.now() < until;) await sleep(10);
  }

  return {
    get sessions() {
      return sessions.size;
    },
    attach: (server) => void server.on("upgrade", upgrade),
    serve(request, response) {
      const isOurs = request.url === sockjsPrefix || request.url?.startsWith(`${sockjsPrefix}/`) === true;
      if (!isOurs) return false;
      if (!isAllowedOrigin(request, allowedOrigins)) throw new Refusal("FORBIDDEN", "from another origin");
      return sockjs.serve(request, response);
    },
    tick(nowMs) {
      for (const session of sessions.keys()) session.tick(nowMs);
    },
    async close(spreadMs) {
      const leaving = [...sessions.keys()];
      const started = performance.now();
      for (const [index, session] of leaving.entries()) {
        const wait = started + (spreadMs * index) / leaving.length - performance.now();
        if (wait > 1) await sleep(wait);
        session.end(new Refusal("RESTART", "stopping"));
      }
      await waitUntilEmpty(goodbyeMs);
      for (const wire of sessions.values()) wire.terminate();
    },
  };
}

/** RFC 9110 §15: the upgrade did not happen. */
function refuse(socket: Duplex, status: string, ...headers: string[]): void {
  socket.on("error", () => {}); // Gone already.
  socket.end([`HTTP/1.1 ${status}`, "Connection: close", "Content-Length: 0", ...headers, "", ""].join("\r\n"));
}
