// Files for browsers: the built web client, the SDK for a script tag, the examples. It does not know the services.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import compression from "compression";
import sirv from "sirv";

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Answers if there is such a file; else calls `next`. */
export type Assets = Handler;

const webFolder = join(folderOf(import.meta.resolve("@parley/web/package.json")), "dist");
const sdkFolder = join(folderOf(import.meta.resolve("@parley/client/package.json")), "dist/browser");
const examplesFolder = fileURLToPath(new URL("../../../examples", import.meta.url));

const policy = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "connect-src": "'self'",
  "img-src": "'self' data:",
  "font-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

export function createAssets(): Assets {
  const compress = compression() as unknown as Handler;
  const web = sirv(webFolder, { setHeaders: setWebHeaders });
  const sdk = sirv(sdkFolder, { setHeaders: (response) => response.setHeader("Cache-Control", "no-cache") });
  return (request, response, next) => {
    compress(request, response, () => {
      const path = request.url?.split("?", 1)[0] ?? "/";
      const example = /^\/examples\/([a-z0-9-]+\.html)$/.exec(path)?.[1];
      if (example !== undefined) return serveExample(example, response, next);
      web(request, response, () => sdk(request, response, next));
    });
  };
}

/** Whether there is a page at all; `npm start` builds it. */
export function isWebBuilt(): boolean {
  return existsSync(join(webFolder, "index.html"));
}

/** Names under `assets/` hold a hash of what is in them; all else is asked for anew. */
function setWebHeaders(response: ServerResponse, path: string): void {
  response.setHeader("Content-Security-Policy", formatPolicy({}));
  const isHashed = path.startsWith("/assets/");
  response.setHeader("Cache-Control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
}

/** An example is one file: what it says inline is allowed by its hash, and nothing else. */
function serveExample(name: string, response: ServerResponse, next: () => void): void {
  const file = join(examplesFolder, name);
  if (!existsSync(file)) return next();
  const html = readFileSync(file, "utf8");
  response.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": formatPolicy({
      "script-src": `'self' ${hashesOf(html, "script")}`,
      "style-src": `'self' ${hashesOf(html, "style")}`,
    }),
  });
  response.end(html);
}

function hashesOf(html: string, tag: "script" | "style"): string {
  const inline = [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, text]) => text!);
  return inline.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`).join(" ");
}

function formatPolicy(own: Partial<typeof policy>): string {
  return Object.entries({ ...policy, ...own })
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

function folderOf(manifestUrl: string): string {
  return dirname(fileURLToPath(manifestUrl));
}
