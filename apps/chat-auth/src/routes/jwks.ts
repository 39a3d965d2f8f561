// GET /.well-known/jwks.json: the public keys of access tokens (RFC 7517 §5), for anybody, also from a cache.
import type { PublicKeys } from "@parley/tokens";
import type { RequestHandler } from "express";

const maxAgeSeconds = 600;

export function getJwks(jwks: PublicKeys): RequestHandler {
  return (_request, response) => {
    response.removeHeader("Vary");
    response.set("Cache-Control", `public, max-age=${maxAgeSeconds}`).json(jwks);
  };
}
