// Tells whom a token of another issuer speaks for, or refuses it. It does not know what the account is elsewhere.
import { createHash } from "node:crypto";
import { AccountId, cutNickname, Refusal, type Identity } from "@parley/contracts";
import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { TokenIssuer } from "./token-issuers.ts";
import { clockToleranceSeconds, refusalOf, refuseFuture, type Verifier } from "./verify.ts";

/** What access tokens are called (RFC 7519 §5.1, RFC 9068 §2.1), if anything: all else was made for something else. */
const accessTypes = /^(application\/)?(at\+)?jwt$/i;
/** Claims by which issuers tell kinds of tokens apart, and what they call those that may only be exchanged. */
const kindClaims = ["typ", "use", "token_use", "token_type"];
const refreshKind = /refresh|offline/i;
const sidUnitsMax = 64;

/** In seconds since 1970, as far as dates go. */
const Seconds = z.number().max(8.64e12);
const Times = z.object({ exp: Seconds, iat: Seconds.optional() });

export function createForeignVerifier(from: TokenIssuer): Verifier {
  const { issuer, audience, algorithms } = from;
  const options = { algorithms, issuer, audience, clockTolerance: clockToleranceSeconds, requiredClaims: ["exp"] };
  const key = from.key as JWTVerifyGetKey; // jwtVerify takes either kind, but not a union of them.
  return {
    async verify(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, key, options);
        if (protectedHeader.typ !== undefined && !accessTypes.test(protectedHeader.typ))
          throw new Refusal("UNAUTHENTICATED", "not an access token");
        return identityFrom(payload, token, from);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

function identityFrom(payload: JWTPayload, token: string, { name, claims }: TokenIssuer): Identity {
  if (kindClaims.some((claim) => refreshKind.test(textOf(payload, claim) ?? "")))
    throw new Refusal("UNAUTHENTICATED", "a refresh token");
  const times = Times.safeParse(payload);
  if (!times.success) throw new Refusal("UNAUTHENTICATED", "exp or iat is not valid");
  refuseFuture(times.data.iat ?? 0);
  const id = textOf(payload, claims.id);
  const accountId = AccountId.safeParse(`${name}:${id}`);
  if (!id || !accountId.success) throw new Refusal("UNAUTHENTICATED", "the claim of the account's id is not valid");
  return {
    accountId: accountId.data,
    name: cutNickname(textOf(payload, claims.name) ?? "") ?? cutNickname(id) ?? name,
    sid: `${name}:${loginOf(payload, token)}`,
    expiresAt: times.data.exp,
  };
}

function textOf(payload: JWTPayload, claim: string): string | undefined {
  const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The login a token came from, by its issuer's word, or else the token itself. */
function loginOf(payload: JWTPayload, token: string): string {
  const login = textOf(payload, "sid") || textOf(payload, "jti") || token;
  const isFit = login.length <= sidUnitsMax && AccountId.safeParse(login).success;
  return isFit ? login : createHash("sha256").update(login).digest("base64url");
}
