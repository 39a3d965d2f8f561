// Keeps other sites' pages away from calls that a cookie alone allows (CSRF). It knows no routes.
import { Refusal } from "@parley/contracts";
import type { RequestHandler } from "express";

/**
 * Lets in what has no Origin (no browser) or one of the host that was asked, whatever the scheme: TLS may end before
 * us. A proxy must therefore pass the Host header on.
 * @param allowed further origins, such as `https://chat.example`
 */
export function requireOwnOrigin(allowed: string[]): RequestHandler {
  return (request, _response, next) => {
    const origin = request.get("origin");
    if (origin !== undefined && !allowed.includes(origin) && hostOf(origin) !== request.get("host"))
      throw new Refusal("FORBIDDEN", "from another origin");
    next();
  };
}

function hostOf(origin: string): string | undefined {
  const match = /^https?:\/\/([^/@,\s]+)$/.exec(origin);
  return match?.[1];
}
