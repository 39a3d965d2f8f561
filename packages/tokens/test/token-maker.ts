// Makes tokens as they should be and as they should not.
import { createPrivateKey, randomUUID } from "node:crypto";
import { SignJWT, type JWTPayload } from "jose";
import { generateSigningKey, publicJwks, type SigningKey } from "../src/index.ts";

export const issuer = "parley";
export const audience = "parley";
export const key = await generateSigningKey();
export const jwks = publicJwks([key]);
export const accountId = "0190b1c2-0000-7000-8000-000000000001";

/** The claims of a good token; an undefined one is left out. */
export function claims(changed: Record<string, unknown> = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: accountId,
    sid: "login-1",
    jti: randomUUID(),
    iat: now,
    exp: now + 900,
    name: "Ada",
    ...changed,
  };
}

/** Signs any claims with a real key. */
export function signClaims(
  payload: JWTPayload,
  { signer = key, kid = signer.kid }: { signer?: SigningKey; kid?: string } = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid }).sign(privateKeyOf(signer));
}

/** A token of these exact parts; `sign` makes the signature over the first two. */
export function assemble(header: object, payload: string, sign: (input: string) => string): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`;
  return `${input}.${sign(input)}`;
}

export function privateKeyOf({ privateJwk }: SigningKey) {
  return createPrivateKey({ key: privateJwk, format: "jwk" });
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
