// Makes access tokens (contracts §4). Only chat-auth holds a key to give it.
import { createPrivateKey, randomUUID } from "node:crypto";
import type { Identity } from "@parley/contracts";
import { SignJWT } from "jose";
import { signingAlgorithm, type SigningKey } from "./keys.ts";

/** The `typ` that tells access tokens from all others (RFC 9068 §2.1, RFC 8725 §3.11). */
export const accessTokenType = "at+jwt";
const lifetimeDefaultSeconds = 15 * 60;

export interface SignerOptions {
  key: SigningKey;
  issuer: string;
  audience: string;
  /** How long a token is good for; 15 minutes by default. */
  lifetimeSeconds?: number | undefined;
}

export interface Signer {
  /** `expiresIn` in seconds. */
  sign(who: Omit<Identity, "expiresAt">): Promise<{ token: string; expiresIn: number }>;
}

export function createSigner({
  key,
  issuer,
  audience,
  lifetimeSeconds = lifetimeDefaultSeconds,
}: SignerOptions): Signer {
  const privateKey = createPrivateKey({ key: key.privateJwk, format: "jwk" });
  return {
    async sign({ accountId, name, sid }) {
      const now = Math.floor(Date.now() / 1000);
      const token = await new SignJWT({ sid, name })
        .setProtectedHeader({ alg: signingAlgorithm, typ: accessTokenType, kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId)
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(privateKey);
      return { token, expiresIn: lifetimeSeconds };
    },
  };
}
