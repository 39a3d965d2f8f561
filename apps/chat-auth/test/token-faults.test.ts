// Access tokens that somebody made or bent (B-62, B-63, B-66): no call of chat-auth takes them.
import { createHmac, createPublicKey } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { bearer, openDatabase, signUp, startAuth } from "./fixture.ts";

const { url } = await openDatabase(afterAll);
const { agent } = await startAuth(url, {}, { atEnd: afterAll });
const { answer } = await signUp(agent);
const [header, payload, signature] = answer.accessToken.split(".") as [string, string, string];

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());

/** Signed with the public key as a shared secret. */
async function confuseKeys(): Promise<string> {
  const [jwk] = (await agent.get("/.well-known/jwks.json")).body.keys;
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const signed = `${encode({ ...decode(header), alg: "HS256" })}.${payload}`;
  return `${signed}.${createHmac("sha256", pem).update(signed).digest("base64url")}`;
}

const bent: [string, () => string | Promise<string>][] = [
  ["alg none (B-62)", () => `${encode({ ...decode(header), alg: "none" })}.${payload}.`],
  ["alg None (B-62)", () => `${encode({ ...decode(header), alg: "None" })}.${payload}.`],
  ["an empty signature (B-62)", () => `${header}.${payload}.`],
  ["HS256 by the public key (B-63)", confuseKeys],
  ["another account (B-62)", () => `${header}.${encode({ ...decode(payload), sub: "another" })}.${signature}`],
  ["a later end (B-65)", () => `${header}.${encode({ ...decode(payload), exp: 9_999_999_999 })}.${signature}`],
  ["another key's name", () => `${encode({ ...decode(header), kid: "another" })}.${payload}.${signature}`],
];

test.each(bent)("%s is UNAUTHENTICATED", async (_name, bend) => {
  const token = await bend();
  for (const call of [
    agent.get("/me"),
    agent.post("/logout-all"),
    agent.get("/accounts?query=a"),
    agent.post("/logout"),
  ]) {
    const response = await call.set(bearer(token));
    expect([response.status, response.body.error.code]).toEqual([401, "UNAUTHENTICATED"]);
  }
  await agent.get("/me").set(bearer(answer)).expect(200);
});

test.each([
  ["audience", { TOKEN_AUDIENCE: "another" }],
  ["issuer", { TOKEN_ISSUER: "another" }],
])("a token for another %s, signed by the same key, is UNAUTHENTICATED (B-66)", async (_name, env) => {
  const other = await signUp((await startAuth(url, env)).agent);
  expect((await agent.get("/me").set(bearer(other.answer))).status).toBe(401);
});
