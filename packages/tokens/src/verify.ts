// Tells whom an access token of ours speaks for (contracts §4), or refuses it. It does not know who signed up.
import { AccessClaims, Refusal, type Identity } from "@parley/contracts";
import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import { createRemoteKeys } from "./jwks.ts";
import type { PublicKeys } from "./keys.ts";
import { accessTokenType } from "./sign.ts";

/** Asymmetric only: a public key can never be taken for a shared secret (RFC 8725 §3.1). */
const algorithms = ["RS256", "ES256"];
export const clockToleranceSeconds = 5;
const requiredClaims = ["sub", "sid", "jti", "iat", "exp", "name"];

export type VerifierOptions = {
  /** The one `iss` accepted. */
  issuer: string;
  /** Must be among `aud`. */
  audience: string;
} & (
  | {
      /** Where the public keys are. They are fetched with the first token, and go on serving while that place is away. */
      jwksUrl: string;
    }
  | { keys: PublicKeys }
);

export interface Verifier {
  /**
   * @throws Refusal TOKEN_EXPIRED; UNAUTHENTICATED for any other fault of the token; UNAVAILABLE when its key is not
   *   held and cannot be fetched. No detail contains the token.
   */
  verify: (token: string) => Promise<Identity>;
}

export function createVerifier({ issuer, audience, ...source }: VerifierOptions): Verifier {
  const keys = "jwksUrl" in source ? createRemoteKeys(source.jwksUrl) : createLocalJWKSet(source.keys);
  const options = {
    algorithms,
    issuer,
    audience,
    typ: accessTokenType,
    clockTolerance: clockToleranceSeconds,
    requiredClaims,
  };
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, options);
        return identityFrom(payload);
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

/** jose has checked what it can; this adds the shapes, and an `iat` that is still to come. */
function identityFrom(payload: JWTPayload): Identity {
  const claims = AccessClaims.safeParse(payload);
  if (!claims.success)
    throw new Refusal("UNAUTHENTICATED", `claim ${claims.error.issues[0]?.path.join(".")} is not valid`);
  const { sub, name, sid, exp, iat } = claims.data;
  refuseFuture(iat);
  return { accountId: sub, name, sid, expiresAt: exp };
}

/** @param iat in seconds since 1970. @throws Refusal UNAUTHENTICATED if that is still to come */
export function refuseFuture(iat: number): void {
  if (iat > Date.now() / 1000 + clockToleranceSeconds) throw new Refusal("UNAUTHENTICATED", "issued in the future");
}

/** jose's messages name claims and algorithms only; its errors carry the payload, so they are not kept as causes. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof errors.JWTExpired) return new Refusal("TOKEN_EXPIRED", "expired");
  if (error instanceof errors.JOSEError) return new Refusal("UNAUTHENTICATED", error.message);
  return new Refusal("UNAUTHENTICATED", "not a token of ours");
}
