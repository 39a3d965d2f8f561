// Which other issuers' tokens are accepted, as TOKEN_ISSUERS says it. It does not verify any.
import { variable } from "@parley/service";
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
  z
    .string()
    .default("[]")
    .transform((list, context): TokenIssuer[] => {
      try {
        return parseTokenIssuers(list);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message });
        return z.NEVER;
      }
    }),
  "issuers besides chat-auth whose access tokens are accepted, as JSON: see docs/integrate.md",
);

/** @throws Error that says which entry has a fault and where, and repeats no value: some are secrets */
function parseTokenIssuers(list: string): TokenIssuer[] {
  const entries = z.array(z.unknown()).safeParse(parseJson(list));
  if (!entries.success) throw new Error("expected a JSON list of issuers");
  const issuers = entries.data.map((entry, index) => {
    try {
      return parseEntry(entry);
    } catch (error) {
      throw new Error(`issuer ${index + 1}: ${(error as Error).message}`, { cause: error });
    }
  });
  for (const field of ["name", "issuer"] as const) {
    if (new Set(issuers.map((issuer) => issuer[field])).size < issuers.length)
      throw new Error(`two issuers have the same ${field}`);
  }
  return issuers;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseEntry(entry: unknown): TokenIssuer {
  const parsed = Entry.safeParse(entry);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join(".") || "it";
    throw new Error(`${path}: ${issue?.code === "unrecognized_keys" ? "has an unknown field" : issue?.message}`);
  }
  const { name, issuer, audience, claims } = parsed.data;
  return { name, issuer, audience, claims, ...keyOf(parsed.data) };
}

function keyOf({ jwksUrl, publicKey: key, secret }: Entry): IssuerKey {
  const given = [jwksUrl, key, secret].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Error("expected one of jwksUrl, publicKey and secret");
  if (jwksUrl !== undefined) return remoteKey(jwksUrl);
  return key === undefined ? secretKey(secret!) : publicKey(key);
}
