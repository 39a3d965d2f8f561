// What the origin itself answers: its health, and files for browsers. It does not know the services.
import { randomUUID } from "node:crypto";
import type { RequestListener, ServerResponse } from "node:http";
import { formatHttpError, errors, type ErrorCode } from "@parley/contracts";
import { isWebBuilt, type Assets } from "./assets.ts";

const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};
const unbuilt = "Parley is running. Its web client is not built: start it with `npm start`.\n";

/** @param notReady names what is not ready; `["starting"]` until all is open */
export function createPage(assets: Assets, notReady: () => string[]): RequestListener {
  return (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const path = request.url?.split("?", 1)[0];
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead && path === "/health") return tellHealth(response, notReady());
    if (!isRead) return refuse(response, "NOT_FOUND");
    if (path === "/" && !isWebBuilt()) return tell(response, 503, "text/plain", unbuilt);
    assets(request, response, () => refuse(response, "NOT_FOUND"));
  };
}

function tellHealth(response: ServerResponse, waiting: string[]) {
  const isReady = waiting.length === 0;
  json(response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", waiting });
}

function refuse(response: ServerResponse, code: ErrorCode) {
  json(response, errors[code].status, formatHttpError(code, randomUUID()));
}

function json(response: ServerResponse, status: number, body: unknown) {
  tell(response, status, "application/json", JSON.stringify(body));
}

function tell(response: ServerResponse, status: number, type: string, text: string) {
  response.writeHead(status, {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Content-Type": `${type}; charset=utf-8`,
  });
  response.end(text);
}
