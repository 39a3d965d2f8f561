// What every request for a connection must pass, whichever door it is for: path, headers, origin, admission.
import { randomUUID } from "node:crypto";
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { formatHttpError, Refusal } from "@parley/contracts";
import { isAllowedOrigin, requestHeadersMax, retryAfterSeconds } from "@parley/service";
import type { Admission } from "./admission.ts";
import type { Door } from "./door.ts";

export interface GatewayOptions {
  doors: readonly Door[];
  admission: Admission;
  addressOf: (request: IncomingMessage) => string;
  allowedOrigins: string[];
  /** Whether new connections are refused. */
  isStopping: () => boolean;
  /** Told of each connection that was not let in. */
  turnedAway: (refusal: Refusal) => void;
}

export interface Gateway {
  /** WebSockets: to be called once for each server whose upgrades are ours. */
  attach(server: Server): void;
  /** What is no WebSocket. False if it is for no door; nothing may have read the body. @throws Refusal */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { doors, admission, addressOf, allowedOrigins, isStopping, turnedAway } = options;

  function requireOrigin({ anyOrigin }: Door, request: IncomingMessage) {
    if (anyOrigin !== true && !isAllowedOrigin(request, allowedOrigins))
      throw new Refusal("FORBIDDEN", "from another origin");
  }

  function admit(request: IncomingMessage) {
    if (isStopping()) throw new Refusal("RESTART", "stopping");
    return admission.admit(addressOf(request));
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    try {
      const path = pathOf(request);
      const door = doors.find((candidate) => candidate.takesUpgrade(path));
      if (!door) throw new Refusal("NOT_FOUND", "no WebSocket at this path");
      if (request.rawHeaders.length > 2 * requestHeadersMax) throw new Refusal("INVALID", "too many headers");
      requireOrigin(door, request);
      socket.once("close", admit(request));
      door.upgrade(request, socket, head);
    } catch (error) {
      const refusal = Refusal.from(error);
      turnedAway(refusal);
      refuse(socket, refusal);
    }
  }

  return {
    attach: (server) => void server.on("upgrade", upgrade),
    serve(request, response) {
      const path = pathOf(request);
      const door = doors.find((candidate) => candidate.takes?.(path));
      if (!door?.serve) return false;
      try {
        requireOrigin(door, request);
        return door.serve(request, response, admit);
      } catch (error) {
        turnedAway(Refusal.from(error));
        throw error;
      }
    },
  };
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0]!;
}

/** The upgrade did not happen: an answer like those of the rest of the interface (RFC 9110 §15). */
function refuse(socket: Duplex, refusal: Refusal): void {
  const { status } = refusal.entry;
  const body = JSON.stringify(formatHttpError(refusal.code, randomUUID()));
  const retryAfter = retryAfterSeconds(refusal);
  socket.on("error", () => {}); // Gone already.
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "Connection: close",
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
      "",
      body,
    ].join("\r\n"),
  );
}
