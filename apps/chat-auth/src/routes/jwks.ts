// GET /.well-known/jwks.json: the public keys of access tokens (RFC 7517 §5), for anybody, also from a cache.
import type { RequestHandler } from "express";
import type { Parts } from "../parts.ts";

/** KEY_LEAD_SECONDS is longer by default: nobody holds keys older than this. */
const jwksMaxAgeSeconds = 600;

export function getJwks({ keys }: Parts): RequestHandler {
  return (_request, response) => {
    // The token of who asks makes no difference; which page may read it does (Fetch §3.3.7).
    response.set({ "Cache-Control": `public, max-age=${jwksMaxAgeSeconds}`, Vary: "Origin" }).json(keys.jwks());
  };
}
