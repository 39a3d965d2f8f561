// The SockJS door: which requests under its prefix are let in, before the library sees them. What comes of a connection
// is not its business.
import type { IncomingMessage, ServerResponse } from "node:http";
import { errors } from "@parley/contracts";
import type { Log } from "@parley/service";
import sockjs, { type Connection } from "sockjs";
import type { Door } from "./door.ts";
import { SockjsSessions } from "./sockjs-sessions.ts";

export interface SockjsDoorOptions {
  /** `/ws-sockjs`. */
  prefix: string;
  log: Log;
  addressOf: (request: IncomingMessage) => string;
  /** Octets of a request, and so of a message. Beyond: TOO_LARGE. */
  bodyBytesMax?: number;
  /** A streaming response is ended after so many octets, since browsers keep all of it; the client opens the next. */
  responseBytesMax?: number;
  /** Whether `/info` offers WebSockets. */
  webSockets?: boolean;
  /** Whether answers set the cookie by which some load balancers tell clients apart. */
  cookies?: boolean;
  /** Also what `sockjs-client` does not use here: a greeting, and pages that run scripts. */
  pages?: boolean;
  /** @param responses those of the session that have not left, as they come and go; none if it is a WebSocket */
  onConnection: (connection: Connection, responses: ReadonlySet<ServerResponse>, address: string) => void;
}

/** A client puts all that it sent during one POST into the next. */
const sockjsBodyBytesMax = 512 * 1024;
/** Proxies end what is silent for longer; STOMP's own heart-beats usually come first. */
export const sockjsHeartbeatMs = 25_000;
const responseBytesMaxDefault = 128 * 1024;
/** How long a session without a poll, or without its stream, is kept. */
const disconnectMs = 5_000;

/** What `sockjs-client` speaks. No pages: the library's iframe and htmlfile would run scripts. */
const transports = "xhr|xhr_send|xhr_streaming|eventsource|jsonp|jsonp_send";
const segment = "[A-Za-z0-9][A-Za-z0-9_-]{0,127}";

export function sockjsWebSocketPath(prefix: string): RegExp {
  return new RegExp(`^${prefix}/${segment}/${segment}/websocket/?$`);
}

/** Its WebSockets go to the library. */
export function createSockjsDoor(options: SockjsDoorOptions): Door & Required<Pick<Door, "serve">> {
  const { prefix, log, addressOf, bodyBytesMax = sockjsBodyBytesMax, pages = false, onConnection } = options;
  const paths = new RegExp(`^${prefix}(?:/info|/${segment}/(?<id>${segment})/(?:${transports}))?/?(?:\\?|$)`);
  const upgrades = sockjsWebSocketPath(prefix);
  const library = sockjs.createServer({
    prefix,
    // What it calls errors are clients' faults too.
    log: (severity, line) => log[severity === "error" ? "debug" : "trace"]({ line }, "sockjs"),
    response_limit: options.responseBytesMax ?? responseBytesMaxDefault,
    heartbeat_delay: sockjsHeartbeatMs,
    disconnect_delay: disconnectMs,
    faye_server_options: { maxLength: bodyBytesMax },
    websocket: options.webSockets ?? true,
    jsessionid: options.cookies ?? false,
  } as sockjs.ServerOptions);
  const sessions = new SockjsSessions();
  library.on("connection", (connection: Connection | null) => {
    if (!connection) return; // Gone already.
    const id = paths.exec(connection.url)?.groups?.["id"];
    const opened = id === undefined ? undefined : sessions.opened(id, connection);
    onConnection(connection, opened?.responses ?? new Set(), opened?.address ?? "");
  });
  // Not in its types: answers both, and says whether the path was its own.
  const handle = (library as unknown as { middleware(): (...args: unknown[]) => boolean }).middleware();

  return {
    takes: (path) => path === prefix || path.startsWith(`${prefix}/`),
    takesUpgrade: (path) => upgrades.test(path),
    serve(request, response, admit) {
      const path = paths.exec(request.url ?? "");
      if (!path && !pages) return false;
      const id = path?.groups?.["id"];
      // The library looks sessions up in a plain object.
      if (id !== undefined && id in Object.prototype) return false;
      if (id !== undefined && !sessions.enter(id, addressOf(request), response, () => admit(request))) return false;
      // The library writes to responses whose client has gone; without a listener that would end the process.
      response.on("error", () => {});
      if (capBody(request, response, bodyBytesMax)) handle(request, response);
      return true;
    },
    upgrade(request, socket, head) {
      socket.on("error", () => {});
      handle(request, socket, head);
    },
  };
}

/** The library collects a body without bound: it is shown no more than the bound. False: the answer is given. */
function capBody(request: IncomingMessage, response: ServerResponse, bodyBytesMax: number): boolean {
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
