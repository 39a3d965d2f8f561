// The shell of every HTTP interface: ids, headers, health, metrics, errors by code. It knows no routes but those.
import { randomUUID } from "node:crypto";
import { createServer, STATUS_CODES, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { formatHttpError, Refusal, type ErrorCode } from "@parley/contracts";
import cors from "cors";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { boundHead, ignoreConditions, requireJson } from "./http-guards.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface HttpOptions {
  log: Log;
  metrics: Metrics;
  /** Names what is not ready; empty means ready. */
  notReady: () => string[];
  /** Makes a fault of something the service is built on a Refusal, where there is one for it. */
  translate?: (fault: unknown) => unknown;
  /** Origins whose pages may read answers, besides the own one (Fetch §3.3, CORS). */
  allowedOrigins: string[];
  /** Sees every request before anything reads its body. */
  unread?: RequestHandler;
  /** Adds the service's own routes, between the shell's and its last answers. */
  routes: (app: Express) => void;
}

const bodyBytesMax = "64kb";
/** How long a browser may remember what another origin's page may do, in seconds. */
const corsMaxAge = 600;
/** What such a page may read besides the body: when to come back, and the name of the request. */
const corsExposed = ["Retry-After", "X-Request-Id"];
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** How often these two are looked at. */
const deadlinesMs = 500;

/** A server that is not listening yet: the caller decides where, or hands it requests itself. */
export function createHttp({ log, metrics, notReady, translate, allowedOrigins, unread, routes }: HttpOptions): Server {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  app.set("case sensitive routing", true);
  app.use(
    identify,
    boundHead,
    ignoreConditions,
    helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] }, useDefaults: false } }),
    neverStore,
  );
  if (allowedOrigins.length > 0)
    app.use(cors({ origin: allowedOrigins, credentials: true, maxAge: corsMaxAge, exposedHeaders: corsExposed }));
  app.get("/health/live", (_request, response) => void response.json({ status: "live" }));
  app.get("/health/ready", (_request, response) => {
    const waiting = notReady();
    response
      .status(waiting.length === 0 ? 200 : 503)
      .json({ status: waiting.length === 0 ? "ready" : "not ready", waiting });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (unread) app.use(unread);
  app.use(requireJson, express.json({ limit: bodyBytesMax, strict: false }));
  routes(app);
  app.use((request) => {
    throw new Refusal("NOT_FOUND", `no route for ${request.method}`);
  });
  app.use(answerError(log, metrics, translate));
  return createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: deadlinesMs,
      maxHeaderSize: 16_384,
    },
    app,
  );
}

/** Listens and tells the port that was given (0 asks for a free one). */
export async function listen(server: Server, port: number, host?: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening and waits for requests under way. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

const identify: RequestHandler = (_request, response, next) => {
  response.locals["requestId"] = randomUUID();
  response.set("X-Request-Id", response.locals["requestId"]);
  next();
};

const neverStore: RequestHandler = (_request, response, next) => {
  response.set({ "Cache-Control": "no-store, private", Vary: "Authorization" });
  next();
};

function answerError(log: Log, metrics: Metrics, translate = (fault: unknown) => fault): ErrorRequestHandler {
  const refused = metrics.counter("http_refused_total", "HTTP requests refused, by code", ["code"] as const);
  return (thrown, request, response, next) => {
    const error = translate(thrown);
    const refusal = refusalOf(error);
    const requestId: string = response.locals["requestId"];
    refused.inc({ code: refusal.code });
    if (refusal.code === "INTERNAL") log.error({ err: refusal.cause ?? refusal, requestId }, "request failed");
    else
      log.debug({ code: refusal.code, detail: refusal.message, requestId, method: request.method }, "request refused");
    if (response.headersSent) return next(error);
    const retryAfter = retryAfterSeconds(refusal);
    if (retryAfter !== undefined) response.set("Retry-After", String(retryAfter));
    response.status(httpStatus(error, refusal)).json(formatHttpError(refusal.code, requestId));
  };
}

/** For the header `Retry-After` (RFC 9110 §10.2.3): what the refusal says, or for 503 a second. */
export function retryAfterSeconds({ context, entry }: Refusal): number | undefined {
  const retryAfterMs = context.retryAfterMs ?? (entry.status === 503 ? 1_000 : undefined);
  return retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1_000);
}

/** Express, its body parser and our guards say what is wrong by an HTTP status: 413, 414, 415, other 4xx. */
function refusalOf(error: unknown): Refusal {
  const status = clientStatus(error);
  if (status === undefined) return Refusal.from(error);
  const code: ErrorCode = status === 413 || status === 414 ? "TOO_LARGE" : status === 404 ? "NOT_FOUND" : "INVALID";
  return new Refusal(code, `HTTP ${status} ${STATUS_CODES[status] ?? ""}`);
}

function httpStatus(error: unknown, refusal: Refusal): number {
  return clientStatus(error) ?? refusal.entry.status;
}

function clientStatus(error: unknown): number | undefined {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}
