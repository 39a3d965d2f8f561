// How the tokens of another issuer are checked: its key, and which algorithms go with a key of that kind (RFC 8725 §3.1).
import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import type { JWTVerifyGetKey } from "jose";
import { createRemoteKeys } from "./jwks.ts";

export interface IssuerKey {
  key: KeyObject | JWTVerifyGetKey;
  /** No key is ever used with an algorithm of another kind. */
  algorithms: string[];
}

const rsa = ["RS256", "PS256"];
const p256 = ["ES256"];
const ed25519 = ["EdDSA", "Ed25519"];
const secretOctetsMin = 32;
const modulusBitsMin = 2048;

/** Keys that are fetched are public ones, of whatever kind. */
export function remoteKey(url: string): IssuerKey {
  return { key: createRemoteKeys(url), algorithms: [...rsa, ...p256, ...ed25519] };
}

/** @throws Error that says what was expected, and never the secret (RFC 7518 §3.2) */
export function secretKey(secret: string): IssuerKey {
  const octets = Buffer.from(secret);
  if (octets.length < secretOctetsMin) throw new Error(`secret: expected at least ${secretOctetsMin} octets`);
  return { key: createSecretKey(octets), algorithms: ["HS256"] };
}

/** @param given as PEM (SPKI), or as a JWK. @throws Error that says what was expected, and never the key */
export function publicKey(given: string | Record<string, unknown>): IssuerKey {
  if (isPrivate(given)) throw new Error("publicKey: this is a private key");
  const key = parsePublicKey(given);
  return { key, algorithms: algorithmsOf(key) };
}

function isPrivate(key: string | Record<string, unknown>): boolean {
  return typeof key === "string" ? key.includes("PRIVATE KEY") : "d" in key || "k" in key;
}

function parsePublicKey(key: string | Record<string, unknown>): KeyObject {
  try {
    return typeof key === "string" ? createPublicKey(key) : createPublicKey({ key, format: "jwk" });
  } catch {
    throw new Error("publicKey: expected a public key as PEM or JWK");
  }
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string[] {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails;
  if (asymmetricKeyType === "rsa" && modulusLength >= modulusBitsMin) return rsa;
  if (asymmetricKeyType === "ec" && namedCurve === "prime256v1") return p256;
  if (asymmetricKeyType === "ed25519") return ed25519;
  throw new Error(`publicKey: expected RSA of at least ${modulusBitsMin} bits, EC on P-256, or Ed25519`);
}
