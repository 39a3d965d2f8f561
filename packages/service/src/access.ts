// Who asks: accounts by access token, services by the service token. It does not know how tokens are verified.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
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
  return requireSecret(serviceToken, "not the service token");
}

/** Lets operators in. Without a token nobody is one. */
export function requireOperator(operatorToken: string | undefined): RequestHandler {
  return requireSecret(operatorToken, "not the operator token");
}

function requireSecret(secret: string | undefined, detail: string): RequestHandler {
  const expected = hash(secret ?? randomBytes(32).toString("hex"));
  return (request, _response, next) => {
    if (!timingSafeEqual(hash(parseBearer(request.get("authorization")) ?? ""), expected))
      throw new Refusal("UNAUTHENTICATED", detail);
    next();
  };
}

/** Of one length, whatever is given. */
function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
