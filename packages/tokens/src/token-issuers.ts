// Which other issuers' tokens are accepted, as TOKEN_ISSUERS says it. It does not verify any.
import { jsonList, variable } from "@parley/service";
import { z } from "zod";
import { publicKey, remoteKey, secretKey, type IssuerKey } from "./issuer-key.ts";

/** Whose tokens are accepted besides our own. */
export interface TokenIssuer extends IssuerKey {
  /** What its accounts' ids begin with. */
  name: string;
  /** The one `iss` it uses. */
  issuer: string;
  /** Must be among `aud`. */
  audience: string;
  /** The names of the claims that an account's id and nickname are read from. */
  claims: { id: string; name: string };
}

const word = z.string().min(1).max(1024);
const Entry = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "expected 1 to 32 of a-z 0-9 -"),
  issuer: word,
  audience: word,
  jwksUrl: z.url({ protocol: /^https?$/, error: "expected a URL that starts with https:// or http://" }).optional(),
  publicKey: z.union([z.string(), z.record(z.string(), z.unknown())], "expected a PEM text or a JWK").optional(),
  secret: z.string().optional(),
  claims: z.strictObject({ id: word.default("sub"), name: word.default("name") }).prefault({}),
});
type Entry = z.infer<typeof Entry>;

export const tokenIssuers = variable(
  "TOKEN_ISSUERS",
  jsonList(Entry, "issuers", ["name", "issuer"], readIssuer),
  "issuers besides chat-auth whose access tokens are accepted, as JSON: see docs/integrate.md",
);

/** @throws Error that says what was expected of its key */
function readIssuer(entry: Entry): TokenIssuer {
  const { name, issuer, audience, claims } = entry;
  return { name, issuer, audience, claims, ...keyOf(entry) };
}

function keyOf({ jwksUrl, publicKey: key, secret }: Entry): IssuerKey {
  const given = [jwksUrl, key, secret].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Error("expected one of jwksUrl, publicKey and secret");
  if (jwksUrl !== undefined) return remoteKey(jwksUrl);
  return key === undefined ? secretKey(secret!) : publicKey(key);
}
