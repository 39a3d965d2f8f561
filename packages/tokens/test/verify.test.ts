import { inspect } from "node:util";
import { createHmac, createPublicKey, createSign } from "node:crypto";
import { Refusal, type ErrorCode } from "@parley/contracts";
import * as fc from "fast-check";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createVerifier, generateSigningKey } from "../src/index.ts";
import { assemble, audience, claims, issuer, jwks, key, privateKeyOf, signClaims } from "./token-maker.ts";

const { verify } = createVerifier({ keys: jwks, issuer, audience });
const now = () => Math.floor(Date.now() / 1000);

/** The code by which a token is refused; what is told of it must not contain it. */
async function codeFor(token: string): Promise<ErrorCode> {
  const refusal = await verify(token).then(
    () => expect.unreachable("the token was accepted"),
    (error: unknown) => error,
  );
  if (!(refusal instanceof Refusal)) throw refusal;
  expect(inspect(refusal, { depth: 9 })).not.toContain(token);
  return refusal.code;
}

/** A signature by the issuer's key over anything. */
function signRs256(input: string): string {
  return createSign("RSA-SHA256").update(input).sign(privateKeyOf(key), "base64url");
}

function signRs512(input: string): string {
  return createSign("RSA-SHA512").update(input).sign(privateKeyOf(key), "base64url");
}

test("accepts ES256 too", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "es", alg: "ES256" }] };
  const token = await new SignJWT(claims()).setProtectedHeader({ alg: "ES256", typ: "at+jwt" }).sign(privateKey);
  expect((await createVerifier({ keys, issuer, audience }).verify(token)).name).toBe("Ada");
});

describe("algorithms", () => {
  test.each(["none", "None", "nOnE", "NONE", ""])("refuses alg %j with an empty signature (B-62)", async (alg) => {
    expect(await codeFor(assemble({ alg, typ: "at+jwt", kid: key.kid }, JSON.stringify(claims()), () => ""))).toBe(
      "UNAUTHENTICATED",
    );
  });

  test("refuses RS256 with an empty signature (B-62)", async () => {
    expect(
      await codeFor(assemble({ alg: "RS256", typ: "at+jwt", kid: key.kid }, JSON.stringify(claims()), () => "")),
    ).toBe("UNAUTHENTICATED");
  });

  test.each([
    ["PEM", "spki", "pem"],
    ["DER", "spki", "der"],
  ] as const)("refuses HS256 signed with the public key as %s (B-63)", async (_name, type, format) => {
    const secret = createPublicKey(privateKeyOf(key)).export({ type, format } as { type: "spki"; format: "pem" });
    const header = { alg: "HS256", typ: "at+jwt", kid: key.kid };
    const hmac = (input: string) => createHmac("sha256", secret).update(input).digest("base64url");
    expect(await codeFor(assemble(header, JSON.stringify(claims()), hmac))).toBe("UNAUTHENTICATED");
  });

  test("refuses RS512 by the right key, even where the key names no algorithm (B-63)", async () => {
    const keys = { keys: jwks.keys.map(({ alg: _, ...others }) => others) };
    const token = assemble({ alg: "RS512", typ: "at+jwt", kid: key.kid }, JSON.stringify(claims()), signRs512);
    await expect(createVerifier({ keys, issuer, audience }).verify(token)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  test("refuses a token signed by another key under our key's name", async () => {
    expect(await codeFor(await signClaims(claims(), { signer: await generateSigningKey(), kid: key.kid }))).toBe(
      "UNAUTHENTICATED",
    );
  });

  test("ignores a key that the token brings along", async () => {
    const other = await generateSigningKey();
    const { kty, n, e } = other.privateJwk;
    const header = { alg: "RS256", typ: "at+jwt", kid: key.kid, jwk: { kty, n, e } };
    const rs256 = (input: string) => createSign("RSA-SHA256").update(input).sign(privateKeyOf(other), "base64url");
    expect(await codeFor(assemble(header, JSON.stringify(claims()), rs256))).toBe("UNAUTHENTICATED");
  });
});

describe("time", () => {
  test("accepts what ended less than 5 s ago, and says when it ended", async () => {
    const exp = now() - 3;
    expect((await verify(await signClaims(claims({ exp })))).expiresAt).toBe(exp);
  });

  test.each([6, 3600])("refuses what ended %i s ago as TOKEN_EXPIRED (B-65)", async (seconds) => {
    expect(await codeFor(await signClaims(claims({ exp: now() - seconds })))).toBe("TOKEN_EXPIRED");
  });

  test("refuses a negative exp (B-65)", async () => {
    expect(await codeFor(await signClaims(claims({ exp: -1 })))).toBe("TOKEN_EXPIRED");
  });

  test("refuses nbf and iat in the future (B-65)", async () => {
    expect(await codeFor(await signClaims(claims({ nbf: now() + 3600 })))).toBe("UNAUTHENTICATED");
    expect(await codeFor(await signClaims(claims({ iat: now() + 3600 })))).toBe("UNAUTHENTICATED");
  });

  test.each(['"soon"', "1e400", "null", "undefined"])("refuses exp %s (B-65)", async (exp) => {
    const { exp: _exp, ...others } = claims();
    const payload = exp === "undefined" ? JSON.stringify(others) : `{"exp":${exp},${JSON.stringify(others).slice(1)}`;
    expect(await codeFor(assemble({ alg: "RS256", typ: "at+jwt", kid: key.kid }, payload, signRs256))).toBe(
      "UNAUTHENTICATED",
    );
  });
});

describe("claims", () => {
  test.each([
    ["another iss", { iss: "https://elsewhere.example" }],
    ["no iss", { iss: undefined }],
    ["another aud", { aud: "elsewhere" }],
    ["an aud list without us", { aud: ["elsewhere", "nowhere"] }],
    ["no aud", { aud: undefined }],
    ["no sub", { sub: undefined }],
    ["an empty sub", { sub: "" }],
    ["a sub of 10 KiB", { sub: "s".repeat(10_240) }],
    ["a sub that is a number", { sub: 7 }],
    ["no sid", { sid: undefined }],
    ["no name", { name: undefined }],
    ["no jti", { jti: undefined }],
    ["no iat", { iat: undefined }],
  ])("refuses %s (B-66)", async (_name, changed) => {
    expect(await codeFor(await signClaims(claims(changed)))).toBe("UNAUTHENTICATED");
  });

  test("accepts an aud list with us in it", async () => {
    expect((await verify(await signClaims(claims({ aud: ["elsewhere", audience] })))).name).toBe("Ada");
  });

  test.each([undefined, "JWT", "rt+jwt"])("refuses typ %s: a token made for something else (B-66)", async (typ) => {
    const header = { alg: "RS256", kid: key.kid, ...(typ === undefined ? {} : { typ }) };
    expect(await codeFor(await new SignJWT(claims()).setProtectedHeader(header).sign(privateKeyOf(key)))).toBe(
      "UNAUTHENTICATED",
    );
  });
});

test("refuses any text by UNAUTHENTICATED", async () => {
  const part = fc.oneof(fc.string({ unit: "binary" }), fc.base64String(), fc.json());
  const texts = fc.oneof(
    part,
    fc.array(part, { maxLength: 5 }).map((parts) => parts.join(".")),
  );
  const refused = fc.asyncProperty(texts, async (text) => (await outcomeOf(text)) === "UNAUTHENTICATED");
  expect((await fc.check(refused)).failed).toBe(false);
});

test("refuses a good token with any one character changed", async () => {
  const token = await signClaims(claims());
  // The last character of a part may hold bits that mean nothing.
  const places = fc.nat(token.length - 2).filter((at) => token[at] !== "." && token[at + 1] !== ".");
  const refused = fc.asyncProperty(places, async (at) => {
    const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    return (await outcomeOf(changed)) === "UNAUTHENTICATED";
  });
  expect((await fc.check(refused)).failed).toBe(false);
});

function outcomeOf(token: string): Promise<unknown> {
  return verify(token).then(
    () => "accepted",
    (error: unknown) => (error instanceof Refusal ? error.code : error),
  );
}
