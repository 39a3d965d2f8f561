// Which pages may call what a browser would do for any page: open sockets, send cookies (RFC 6454; only browsers tell).
import type { IncomingMessage } from "node:http";
import { Refusal } from "@parley/contracts";
import type { RequestHandler } from "express";
import { z } from "zod";
import { variable } from "./config.ts";

export const allowedOrigins = variable(
  "ALLOWED_ORIGINS",
  z
    .string()
    .default("")
    .transform((text) => text.split(",").filter((origin) => origin !== ""))
    .refine((origins) => origins.every(isOrigin), "expected origins like https://app.example, separated by commas"),
  "origins besides the own one whose pages may connect and call, separated by commas",
);

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/**
 * Lets in what sends no Origin (no browser) or the host that was asked, whatever the scheme: TLS may end before us. A
 * proxy must therefore pass the Host header on.
 * @param allowed further origins, such as `https://app.example`
 */
export function isAllowedOrigin({ headers, headersDistinct }: IncomingMessage, allowed: string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (headersDistinct["origin"]?.length !== 1) return false;
  return allowed.includes(origin) || (/^https?:/.test(origin) && isOrigin(origin) && new URL(origin).host === host);
}

/** Keeps other sites' pages away from calls that a cookie alone allows (CSRF). */
export function requireOwnOrigin(allowed: string[]): RequestHandler {
  return (request, _response, next) => {
    if (!isAllowedOrigin(request, allowed)) throw new Refusal("FORBIDDEN", "from another origin");
    next();
  };
}
