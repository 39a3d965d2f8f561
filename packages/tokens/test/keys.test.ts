import { expect, test } from "vitest";
import { generateSigningKey, publicJwks } from "../src/index.ts";

test("the public key set has no private member of any key", async () => {
  const keys = [await generateSigningKey(), await generateSigningKey()];
  for (const [index, published] of publicJwks(keys).keys.entries()) {
    expect(Object.keys(published).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(published).toMatchObject({ kid: keys[index]!.kid, alg: "RS256", use: "sig", kty: "RSA" });
  }
});

test("a key has 2048 bits and a name of its own", async () => {
  const [one, other] = [await generateSigningKey(), await generateSigningKey()];
  expect(Buffer.from(one.privateJwk.n!, "base64url").length * 8).toBe(2048);
  expect(one.kid).not.toBe(other.kid);
});

test("a key that is not RSA is not published", () => {
  expect(() => publicJwks([{ kid: "k", privateJwk: { kty: "oct", k: "c2VjcmV0" } }])).toThrow(TypeError);
});
