// Another issuer with a key of each kind, and what it signs.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Refusal } from "@parley/contracts";
import { SignJWT, type JWTPayload } from "jose";
import { onTestFinished } from "vitest";
import { openVerifier, tokenIssuers, type Verifier } from "../src/index.ts";

const foreignIssuer = "https://shop.example";
const foreignAudience = "chat";
export const secret = "a secret of more than 32 octets, shared";

/** A key pair of each kind, and the algorithm it is for. */
export const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
} as const;

export const now = () => Math.floor(Date.now() / 1000);

/** The claims of a good token; an undefined one is left out. */
export function foreignClaims(changed: Record<string, unknown> = {}): JWTPayload {
  return { iss: foreignIssuer, aud: foreignAudience, sub: "42", name: "Ada", exp: now() + 600, ...changed };
}

export function signForeign(
  payload: JWTPayload = foreignClaims(),
  key: KeyObject | Uint8Array = Buffer.from(secret),
  header: { alg: string; typ?: string; kid?: string } = { alg: "HS256" },
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

/** HS256 over anything, whatever a library would refuse to sign. */
export function hmacOf(input: string, octets: string | Buffer = secret): string {
  return createHmac("sha256", octets).update(input).digest("base64url");
}

export function publicPem(key: KeyObject): string {
  return createPublicKey(createPrivateKey(key.export({ type: "pkcs8", format: "pem" })))
    .export({ type: "spki", format: "pem" })
    .toString();
}

/** What TOKEN_ISSUERS makes of one issuer with these fields. */
export function openForeign(fields: Record<string, unknown>): Verifier {
  const list = [{ name: "shop", issuer: foreignIssuer, audience: foreignAudience, ...fields }];
  return openVerifier({
    tokenIssuer: "parley",
    tokenAudience: "parley",
    tokenIssuers: tokenIssuers.schema.parse(JSON.stringify(list)),
  });
}

/** Serves keys, and tells where. */
export async function serveKeys(keys: object[]): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys }))).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

/** The code by which a token is refused, or "accepted". */
export function outcomeOf(verified: Promise<unknown>): Promise<unknown> {
  return verified.then(
    () => "accepted",
    (error: unknown) => (error instanceof Refusal ? error.code : error),
  );
}
