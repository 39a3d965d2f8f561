// Which pages may open a connection (RFC 6454; the browser tells, and only browsers do).
import type { IncomingMessage } from "node:http";

/** Native clients send no Origin and are allowed: tokens decide, cookies are never read here. */
export function isAllowedOrigin({ headers, headersDistinct }: IncomingMessage, allowed: string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (headersDistinct["origin"]?.length !== 1 || !URL.canParse(origin)) return false;
  return new URL(origin).host === host || allowed.includes(origin);
}
