// The keys that sign access tokens and what the public sees of them. It does not know where they are kept.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from "jose";

/** Public keys as verifiers fetch them (RFC 7517 §5). */
export type PublicKeys = JSONWebKeySet;

/** What chat-auth signs with. */
export const signingAlgorithm = "RS256";
const modulusBits = 2048;

/** A private key as JSON (RFC 7517) under the name that tokens call it by. A secret. */
export interface SigningKey {
  kid: string;
  privateJwk: JWK;
}

/** A new key; its name is its thumbprint (RFC 7638). */
export async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(signingAlgorithm, { modulusLength: modulusBits, extractable: true });
  const privateJwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(privateJwk), privateJwk };
}

/** The key set that verifiers fetch: public members only, each named, so that a secret cannot slip in. */
export function publicJwks(keys: SigningKey[]): PublicKeys {
  return {
    keys: keys.map(({ kid, privateJwk: { kty, n, e } }) => {
      if (kty !== "RSA" || n === undefined || e === undefined) throw new TypeError(`signing key ${kid} is not RSA`);
      return { kty, n, e, kid, alg: signingAlgorithm, use: "sig" };
    }),
  };
}
