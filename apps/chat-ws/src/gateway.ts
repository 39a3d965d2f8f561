// The door of chat-ws: WebSocket upgrades in, STOMP sessions out; and how they all leave when the instance stops.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "@parley/contracts";
import { isAllowedOrigin } from "@parley/service";
import { Session, stompLimits, type Broker } from "@parley/stomp";
import { WebSocketServer } from "ws";
import { createConnection } from "./connection.ts";

export interface GatewayOptions<P> {
  broker: Broker<P>;
  /** `name/version` for CONNECTED. */
  software: string;
  allowedOrigins: string[];
  outboxBytesMax: number;
  /** Whether new connections are refused. */
  isStopping: () => boolean;
}

export interface Gateway {
  readonly sessions: number;
  /** Heart-beats and deadlines of all sessions. To be called about every tickMs of the engine. */
  tick(nowMs: number): void;
  /** Sends every client away with RESTART, spread over a time so that they do not all come back at once. */
  close(spreadMs: number): Promise<void>;
}

const path = "/ws";
const subprotocols = ["v12.stomp", "v11.stomp", "v10.stomp"];
/** What the server offers (contracts §1), in milliseconds. */
const heartBeat = { sendMs: 10_000, receiveMs: 10_000 };
/** How long clients that do not answer the close handshake are waited for. */
const goodbyeMs = 1_500;

export function attachGateway<P>(server: Server, options: GatewayOptions<P>): Gateway {
  const { broker, software, allowedOrigins, outboxBytesMax, isStopping } = options;
  const sessions = new Set<Session<P>>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: stompLimits.frameBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.split("?", 1)[0] !== path) return refuse(socket, "404 Not Found");
    if (!isAllowedOrigin(request, allowedOrigins)) return refuse(socket, "403 Forbidden");
    if (isStopping()) return refuse(socket, "503 Service Unavailable", "Retry-After: 1");
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const session = createConnection({
        socket: webSocket,
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
      sessions.add(session);
    });
  });

  async function waitUntilEmpty(withinMs: number) {
    for (const until = performance.now() + withinMs; sessions.size > 0 && performance.now() < until;) await sleep(10);
  }

  return {
    get sessions() {
      return sessions.size;
    },
    tick(nowMs) {
      for (const session of sessions) session.tick(nowMs);
    },
    async close(spreadMs) {
      const leaving = [...sessions];
      const started = performance.now();
      for (const [index, session] of leaving.entries()) {
        const wait = started + (spreadMs * index) / leaving.length - performance.now();
        if (wait > 1) await sleep(wait);
        session.end(new Refusal("RESTART", "stopping"));
      }
      await waitUntilEmpty(goodbyeMs);
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/** RFC 9110 §15: the upgrade did not happen. */
function refuse(socket: Duplex, status: string, ...headers: string[]): void {
  socket.on("error", () => {}); // Gone already.
  socket.end([`HTTP/1.1 ${status}`, "Connection: close", "Content-Length: 0", ...headers, "", ""].join("\r\n"));
}
