// The SockJS door: which requests under its prefix are let in, before the library sees them. What comes of a connection
// is not its business.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { errors } from "@parley/contracts";
import type { Log } from "@parley/service";
import sockjs, { type Connection } from "sockjs";
import { SockjsSessions } from "./sockjs-sessions.ts";

export interface SockjsDoorOptions {
  /** `/ws-sockjs`. */
  prefix: string;
  log: Log;
  /** @param responses those of the session that have not left, as they come and go; none if it is a WebSocket */
  onConnection: (connection: Connection, responses: ReadonlySet<ServerResponse>) => void;
}

export interface SockjsDoor {
  /** False if it is none of its paths. Nothing has read the body yet. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for an upgrade to a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

/** A client puts all that it sent during one POST into the next. */
const bodyBytesMax = 512 * 1024;
/** How long a session without a poll, or without its stream, is kept. */
const disconnectMs = 5_000;
/** Proxies end what is silent for longer; STOMP's own heart-beats usually come first. */
const heartbeatMs = 25_000;
/** A streaming response is ended after so much, since browsers keep all of it; the client opens the next. */
const responseBytesMax = 128 * 1024;

/** What `sockjs-client` speaks. No pages: the library's iframe and htmlfile would run scripts. */
const transports = "xhr|xhr_send|xhr_streaming|eventsource|jsonp|jsonp_send";
const segment = "[A-Za-z0-9][A-Za-z0-9_-]{0,127}";

export function createSockjsDoor({ prefix, log, onConnection }: SockjsDoorOptions): SockjsDoor {
  const paths = new RegExp(`^${prefix}(?:/info|/${segment}/(?<id>${segment})/(?:${transports}))?/?(?:\\?|$)`);
  const upgrades = new RegExp(`^${prefix}/${segment}/${segment}/websocket/?(?:\\?|$)`);
  const library = sockjs.createServer({
    prefix,
    // What it calls errors are clients' faults too.
    log: (severity, line) => log[severity === "error" ? "debug" : "trace"]({ line }, "sockjs"),
    response_limit: responseBytesMax,
    heartbeat_delay: heartbeatMs,
    disconnect_delay: disconnectMs,
    faye_server_options: { maxLength: bodyBytesMax },
    jsessionid: false,
  } as sockjs.ServerOptions);
  const sessions = new SockjsSessions();
  library.on("connection", (connection: Connection | null) => {
    if (!connection) return; // Gone already.
    const id = paths.exec(connection.url)?.groups?.["id"];
    onConnection(connection, id === undefined ? new Set() : sessions.opened(id, connection));
  });
  // Not in its types: answers both, and says whether the path was its own.
  const handle = (library as unknown as { middleware(): (...args: unknown[]) => boolean }).middleware();

  return {
    serve(request, response) {
      const path = paths.exec(request.url ?? "");
      if (!path) return false;
      const id = path.groups?.["id"];
      // The library looks sessions up in a plain object.
      if (id !== undefined && (id in Object.prototype || !sessions.enter(id, request, response))) return false;
      // The library writes to responses whose client has gone; without a listener that would end the process.
      response.on("error", () => {});
      if (capBody(request, response)) handle(request, response);
      return true;
    },
    upgrade(request, socket, head) {
      if (!upgrades.test(request.url ?? "")) return false;
      socket.on("error", () => {});
      handle(request, socket, head);
      return true;
    },
  };
}

/** The library collects a body without bound: it is shown no more than the bound. False: the answer is given. */
function capBody(request: IncomingMessage, response: ServerResponse): boolean {
  let bytes = Number(request.headers["content-length"] ?? 0);
  const isTooLarge = () => bytes > bodyBytesMax;
  if (isTooLarge()) refuseBody(request, response);
  else if (request.headers["transfer-encoding"] !== undefined)
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (!isTooLarge()) return;
      request.removeAllListeners("data").removeAllListeners("end");
      refuseBody(request, response);
    });
  return !isTooLarge();
}

/** RFC 9110 §15.5.14. The rest of the body is not read. What carries messages out has begun its answer already. */
function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) request.destroy();
  else response.writeHead(errors.TOO_LARGE.status, { Connection: "close", "Content-Length": "0" }).end();
}
