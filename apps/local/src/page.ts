// What the origin itself answers: its health, and a plain page that says what runs where.
import { createHash } from "node:crypto";
import type { RequestListener, ServerResponse } from "node:http";
import { formatHttpError, errors, type ErrorCode } from "@parley/contracts";
import { randomUUID } from "node:crypto";

/** What is open, for people; empty while starting. */
export interface Overview {
  database: string;
  bus: string;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}
td,th{text-align:left;padding:.2rem 1.5rem .2rem 0;vertical-align:top}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8bf}}`;
const styleHash = createHash("sha256").update(style).digest("base64");
const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'`,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
};

/** @param notReady names what is not ready; `["starting"]` until all is open */
export function createPage(overview: () => Overview | undefined, notReady: () => string[]): RequestListener {
  return (request, response) => {
    const path = request.url?.split("?", 1)[0];
    const isRead = request.method === "GET" || request.method === "HEAD";
    const waiting = notReady();
    const open = overview();
    if (isRead && path === "/health")
      return json(response, waiting.length === 0 ? 200 : 503, {
        status: waiting.length === 0 ? "ready" : "not ready",
        waiting,
      });
    if (!open) return refuse(response, "UNAVAILABLE");
    if (!isRead || path !== "/") return refuse(response, "NOT_FOUND");
    response.writeHead(200, { ...headers, "Content-Type": "text/html; charset=utf-8" }).end(render(open));
  };
}

function refuse(response: ServerResponse, code: ErrorCode) {
  json(response, errors[code].status, formatHttpError(code, randomUUID()));
}

function json(response: ServerResponse, status: number, body: unknown) {
  response
    .writeHead(status, { ...headers, "Content-Type": "application/json; charset=utf-8" })
    .end(JSON.stringify(body));
}

function render({ database, bus }: Overview): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Parley</title><style>${style}</style>
<h1>Parley is running</h1>
<p>A chat backend on one origin. What runs where:</p>
<table>
<tr><th>chat-auth<td>sign up, log in, tokens<td><code>/auth/…</code>, <a href="/.well-known/jwks.json"><code>/.well-known/jwks.json</code></a>
<tr><th>chat-ws<td>STOMP over WebSocket<td><code>/ws</code>, <a href="/server"><code>/server</code></a>
<tr><th>chat-history<td>stored messages<td><code>/{roomId}/messages</code>
<tr><th>database<td colspan="2">${database}
<tr><th>bus<td colspan="2">${bus}
<tr><th>health<td colspan="2"><a href="/health"><code>/health</code></a>
</table>
<p>The README shows how to send the first message.</p>
</html>`;
}
