// Configuration from the environment: each variable is declared once, read once, and every fault is told at once.
import { contentCodePointsMax } from "@parley/contracts";
import { z } from "zod";
import { StartFault } from "./start-fault.ts";

/** One variable: its name, its shape and what it means (the README's table is checked against these). */
export interface Variable<T> {
  name: string;
  schema: z.ZodType<T>;
  meaning: string;
}

export type Variables = Record<string, Variable<unknown>>;
export type Config<V extends Variables> = { [K in keyof V]: V[K] extends Variable<infer T> ? T : never };

export function variable<T>(name: string, schema: z.ZodType<T>, meaning: string): Variable<T> {
  return { name, schema, meaning };
}

/** All faults of a configuration, a line each, by variable name. Values are not repeated: they may be secrets. */
export class ConfigFault extends StartFault {
  override readonly name = "ConfigFault";

  constructor(message: string) {
    super("CONFIG", message);
  }
}

/**
 * Reads the variables from an environment; an empty string counts as missing.
 * @throws ConfigFault naming every variable at fault and what was expected
 */
export function readConfig<V extends Variables>(variables: V, env: NodeJS.ProcessEnv): Config<V> {
  const faults: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, { name, schema, meaning }] of Object.entries(variables)) {
    const parsed = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (parsed.success) config[key] = parsed.data;
    else faults.push(`${name}: ${parsed.error.issues[0]?.message ?? "not valid"} (${meaning})`);
  }
  if (faults.length > 0)
    throw new ConfigFault(`The configuration has faults:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  return config as Config<V>;
}

/** A whole number in text, within bounds. */
export function integer(min: number, max: number) {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string(expected)
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** `true` or `false`. */
export function flag(byDefault: boolean) {
  return z
    .enum(["true", "false"], "expected true or false")
    .default(byDefault ? "true" : "false")
    .transform((text) => text === "true");
}

/** An absolute URL with one of these schemes. */
export function url(...schemes: string[]) {
  const expected = `expected a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`;
  return z
    .string(expected)
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), expected);
}

/** One URL, or several separated by commas. A comma within a password does not count: what follows it has no scheme. */
export function splitUrls(list: string): [string, ...string[]] {
  return list.split(/\s*,\s*(?=[a-z]+:\/\/)/) as [string, ...string[]];
}

/** One or several absolute URLs with one of these schemes, separated by commas. */
function urls(...schemes: string[]) {
  const one = url(...schemes);
  return z
    .string("expected a URL, or several separated by commas")
    .refine(
      (list) => splitUrls(list).every((text) => one.safeParse(text).success),
      `expected one or several URLs, separated by commas, that start with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`,
    );
}

/** What every service is told. */
export const serviceVariables = {
  logLevel: variable(
    "LOG_LEVEL",
    z.enum(["silent", "fatal", "error", "warn", "info", "debug"]).default("info"),
    "how much is logged",
  ),
  shutdownMs: variable("SHUTDOWN_MS", integer(0, 600_000).default(15_000), "longest orderly shutdown, in milliseconds"),
};

/** The secret with which services call each other's /internal. */
export const serviceToken = variable(
  "SERVICE_TOKEN",
  z.string("expected at least 16 characters").min(16, "expected at least 16 characters"),
  "secret that services show each other, at least 16 characters, the same in all",
);

export const databaseUrl = variable(
  "DATABASE_URL",
  url("postgres", "postgresql"),
  "PostgreSQL 18 or later, a direct connection",
);
export const redisUrl = variable(
  "REDIS_URL",
  urls("redis", "rediss"),
  "Redis 7 or later, the bus between processes; of a Redis Cluster one node or several, separated by commas",
);

export const contentCodePoints = variable(
  "CONTENT_CODE_POINTS_MAX",
  integer(1, 16_000).default(contentCodePointsMax),
  "longest message, in code points, the same in chat-ws and chat-history",
);

export const nodeEnv = variable(
  "NODE_ENV",
  z.string().default("development"),
  "`production` refuses what is for tests: CHAT_LAB, FAILPOINT",
);

export const partitions = variable(
  "CHAT_PARTITIONS",
  integer(1, 256).default(1),
  "over how many logs rooms are spread, each with a writer of its own; the same in all services",
);

/** How access tokens are recognised. */
export const tokenVariables = {
  tokenIssuer: variable("TOKEN_ISSUER", z.string().min(1).default("parley"), "`iss` of access tokens"),
  tokenAudience: variable("TOKEN_AUDIENCE", z.string().min(1).default("parley"), "`aud` of access tokens"),
};

export const authUrl = variable(
  "AUTH_URL",
  url("http", "https").optional(),
  "where chat-auth is: its public keys, logins that have ended, names; may be left out where TOKEN_ISSUERS names others",
);

/** The secret of those who run the installation. */
export const operatorToken = variable(
  "OPERATOR_TOKEN",
  z.string().min(16, "expected at least 16 characters").optional(),
  "secret of operators, at least 16 characters; without it their endpoints are closed",
);
