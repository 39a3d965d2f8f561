import { generateKeyPairSync } from "node:crypto";
import { ConfigFault, readConfig } from "@parley/service";
import { expect, test } from "vitest";
import { tokenIssuers } from "../src/index.ts";
import { pairs, publicPem, secret } from "./foreign-keys.ts";

const good = { name: "shop", issuer: "https://shop.example", audience: "chat", secret };
const rsa1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
const privatePem = pairs.RS256.privateKey.export({ type: "pkcs8", format: "pem" });
const privateJwk = pairs.ES256.privateKey.export({ format: "jwk" });

function read(list: unknown) {
  const text = typeof list === "string" ? list : JSON.stringify(list);
  return readConfig({ tokenIssuers }, { TOKEN_ISSUERS: text }).tokenIssuers;
}

test("without the variable nobody else's tokens are accepted", () => {
  expect(readConfig({ tokenIssuers }, {}).tokenIssuers).toEqual([]);
});

test("claims are sub and name unless they are named", () => {
  const list = [good, { ...good, name: "forum", issuer: "https://forum.example", claims: { name: "nick" } }];
  expect(read(list).map(({ name, claims }) => [name, claims])).toEqual([
    ["shop", { id: "sub", name: "name" }],
    ["forum", { id: "sub", name: "nick" }],
  ]);
});

test.each([
  ["not JSON", `[{"secret":"${secret}"`, "expected a JSON list of issuers"],
  ["not a list", good, "expected a JSON list of issuers"],
  ["an entry that is no object", ["shop"], "entry 1: it: "],
  ["no name", [{ ...good, name: undefined }], "entry 1: name: "],
  ["a name with a colon", [{ ...good, name: "a:b" }], "entry 1: name: expected 1 to 32 of a-z 0-9 -"],
  ["a name in capitals", [{ ...good, name: "Shop" }], "entry 1: name: expected 1 to 32 of a-z 0-9 -"],
  ["a name of 33", [{ ...good, name: "a".repeat(33) }], "entry 1: name: expected 1 to 32 of a-z 0-9 -"],
  ["no issuer", [{ ...good, issuer: "" }], "entry 1: issuer: "],
  ["no audience", [{ ...good, audience: undefined }], "entry 1: audience: "],
  ["no key", [{ ...good, secret: undefined }], "entry 1: expected one of jwksUrl, publicKey and secret"],
  ["two keys", [{ ...good, jwksUrl: "https://a.example" }], "entry 1: expected one of jwksUrl, publicKey and secret"],
  ["a short secret", [{ ...good, secret: "hunter2" }], "entry 1: secret: expected at least 32 octets"],
  ["a URL of another scheme", [{ ...good, secret: undefined, jwksUrl: "file:///etc/passwd" }], "entry 1: jwksUrl: "],
  ["a field that is misspelt", [{ ...good, jwskUrl: "x" }], "entry 1: it: has an unknown field"],
  ["another leeway", [{ ...good, leeway: 60 }], "entry 1: it: has an unknown field"],
  ["a claim that is no text", [{ ...good, claims: { id: 7 } }], "entry 1: claims.id: "],
  ["the second of two", [good, { ...good, name: "" }], "entry 2: name: "],
  ["a name twice", [good, { ...good, issuer: "https://b.example" }], "two issuers have the same name"],
  ["an issuer twice", [good, { ...good, name: "b" }], "two issuers have the same issuer"],
])("refuses %s at the start, and says where", (_name, list, said) => {
  expect(() => read(list)).toThrow(ConfigFault);
  expect(() => read(list)).toThrow(`TOKEN_ISSUERS: ${said}`);
});

test.each([
  ["a private key", privatePem, "publicKey: this is a private key"],
  ["a private JWK", privateJwk, "publicKey: this is a private key"],
  ["a symmetric JWK", { kty: "oct", k: "c2VjcmV0" }, "publicKey: this is a private key"],
  [
    "RSA of 1024 bits",
    rsa1024.export({ type: "spki", format: "pem" }),
    "publicKey: expected RSA of at least 2048 bits",
  ],
  ["a curve that is not P-256", p384.export({ format: "jwk" }), "publicKey: expected RSA of at least 2048 bits"],
  ["no key at all", "-----BEGIN PUBLIC KEY-----", "publicKey: expected a public key as PEM or JWK"],
  ["a number", 7, "publicKey: expected a PEM text or a JWK"],
])("refuses %s as a public key at the start", (_name, publicKey, said) => {
  expect(() => read([{ ...good, secret: undefined, publicKey }])).toThrow(said);
});

test("accepts each kind of public key", () => {
  for (const { privateKey } of Object.values(pairs))
    expect(read([{ ...good, secret: undefined, publicKey: publicPem(privateKey) }])).toHaveLength(1);
});

test("what is told of a fault contains no secret, key or other value", () => {
  const values = ["hunter2", secret, "MIIE", privateJwk.d!];
  const faulty = [
    `[{"secret":"${secret}"`,
    [{ ...good, secret: "hunter2" }],
    [{ ...good, [secret]: 1 }],
    [{ ...good, audience: [secret] }],
    [{ ...good, secret: undefined, publicKey: privatePem }],
    [{ ...good, secret: undefined, publicKey: privateJwk }],
    [{ ...good, secret: undefined, publicKey: secret }],
  ];
  for (const list of faulty) {
    let told = "";
    try {
      read(list);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toContain("TOKEN_ISSUERS");
    for (const value of values) expect(told).not.toContain(value);
  }
});
