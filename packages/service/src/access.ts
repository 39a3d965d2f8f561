// Who asks: accounts by access token, services by the service token. It does not know how tokens are verified.
import { timingSafeEqual } from "node:crypto";
import { Refusal, type Identity } from "@parley/contracts";
import type { RequestHandler, Response } from "express";

/** @throws Refusal UNAUTHENTICATED or TOKEN_EXPIRED */
export type Verify = (token: string) => Promise<Identity>;

/** The token of `Authorization: Bearer <token>` (RFC 6750 §2.1), or undefined. */
export function parseBearer(header: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header ?? "")?.[1];
}

/** Lets accounts in; routes read who it is with identityOf. */
export function requireAccount(verify: Verify): RequestHandler {
  return async (request, response, next) => {
    const token = parseBearer(request.get("authorization"));
    if (token === undefined) throw new Refusal("UNAUTHENTICATED", "no bearer token");
    response.locals["identity"] = await verify(token);
    next();
  };
}

export function identityOf(response: Response): Identity {
  return response.locals["identity"];
}

/** Lets other services of this installation in. */
export function requireService(serviceToken: string): RequestHandler {
  const expected = Buffer.from(serviceToken);
  return (request, _response, next) => {
    const given = Buffer.from(parseBearer(request.get("authorization")) ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new Refusal("UNAUTHENTICATED", "not the service token");
    next();
  };
}
