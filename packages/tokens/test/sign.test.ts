import { AccessClaims } from "@parley/contracts";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { createSigner, createVerifier } from "../src/index.ts";
import { accountId, audience, issuer, jwks, key } from "./token-maker.ts";

const who = { accountId, name: "Ada", sid: "login-1" };

test("a signed token verifies as the account, name and login it was made for", async () => {
  const { token, expiresIn } = await createSigner({ key, issuer, audience }).sign(who);
  const identity = await createVerifier({ keys: jwks, issuer, audience }).verify(token);
  expect(identity).toEqual({ ...who, expiresAt: decodeJwt(token).exp });
  expect(expiresIn).toBe(900);
});

test("a token says what it is, which key signed it, and has all claims of the contract", async () => {
  const { token, expiresIn } = await createSigner({ key, issuer, audience, lifetimeSeconds: 60 }).sign(who);
  expect(decodeProtectedHeader(token)).toEqual({ alg: "RS256", typ: "at+jwt", kid: key.kid });
  const claims = AccessClaims.parse(decodeJwt(token));
  expect(claims).toMatchObject({ iss: issuer, aud: audience, sub: accountId, sid: "login-1", name: "Ada" });
  expect(claims.exp - claims.iat).toBe(60);
  expect(expiresIn).toBe(60);
});

test("two tokens of the same login have different ids", async () => {
  const signer = createSigner({ key, issuer, audience });
  const ids = (await Promise.all([signer.sign(who), signer.sign(who)])).map(({ token }) => decodeJwt(token).jti);
  expect(new Set(ids).size).toBe(2);
});
