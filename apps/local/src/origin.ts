// The one origin: hands each request to the service whose path it is (contracts §5). It knows paths, not what is said.
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { reservedRoomIds } from "@parley/contracts";

export interface Services {
  chatWs: Server;
  chatHistory: Server;
  chatAuth: Server;
}

const authPrefix = "/auth";
/** Of a service's own, and nobody else's. */
const closedPaths = new Set(["internal", "metrics", "health"]);
const gatewayPaths = new Set(["ws", "ws-sockjs", "server", "sessions", "lab"]);
const historyPaths = new Set(["rooms", "audit"]);
const roomPaths = new Set(["messages", "read"]);

/** The service that a path belongs to and the path as the service knows it; undefined for the web page's. */
function findService(services: Services, url: string): { server: Server; url: string } | undefined {
  const [, first = "", second = ""] = url.split(/[?#]/, 1)[0]!.split("/");
  if (gatewayPaths.has(first)) return { server: services.chatWs, url };
  if (first === "auth" && closedPaths.has(second)) return undefined;
  if (first === "auth") return { server: services.chatAuth, url: url.slice(authPrefix.length) || "/" };
  if (first === ".well-known" && second === "jwks.json") return { server: services.chatAuth, url };
  if (historyPaths.has(first)) return { server: services.chatHistory, url };
  if (roomPaths.has(second) && !reservedRoomIds.has(first)) return { server: services.chatHistory, url };
  return undefined;
}

/** @param services undefined until they are open */
export function createOrigin(services: () => Services | undefined, page: RequestListener): RequestListener {
  return (request, response) => {
    const open = services();
    const found = open && findService(open, request.url ?? "/");
    if (!found) return page(request, response);
    request.url = found.url;
    found.server.emit("request", request, response);
  };
}

/** All WebSockets are chat-ws's, which refuses the paths that it does not know. */
export function handUpgradesTo(services: () => Services | undefined) {
  return (request: IncomingMessage, ...rest: unknown[]) => {
    const open = services();
    if (open) open.chatWs.emit("upgrade", request, ...rest);
    else request.socket.destroy();
  };
}
