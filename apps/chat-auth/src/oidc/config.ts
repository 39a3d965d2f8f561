// Which OpenID providers one may sign in with, and where browsers find chat-auth. It asks none of them.
import { ConfigFault, jsonList, url, variable, type Config } from "@parley/service";
import { z } from "zod";

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;
const expectedIssuer = "expected a URL that starts with https://, or http:// of this machine";

const Provider = z.strictObject({
  /** Part of paths: `GET /oidc/{name}`. */
  name: z.string().regex(/^[a-z0-9-]{1,32}$/, "expected 1 to 32 of a-z 0-9 -"),
  issuer: z.string().refine(isSafe, expectedIssuer),
  clientId: z.string().min(1).max(1024),
  clientSecret: z.string().min(1).max(1024),
  scopes: z
    .string()
    .regex(/^openid( \S+)*$/, "expected `openid` and others, separated by spaces")
    .default("openid email profile"),
});
export type Provider = z.infer<typeof Provider>;

/** What is fetched from a provider is believed: nobody in between may change it. */
function isSafe(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
}

export const oidcVariables = {
  oidcProviders: variable(
    "OIDC_PROVIDERS",
    jsonList(Provider, "providers", ["name", "issuer"]),
    "OpenID providers with which one may sign in, as JSON: see docs/integrate.md",
  ),
  publicUrl: variable(
    "PUBLIC_URL",
    url("http", "https").optional(),
    "where browsers find chat-auth, as in `https://chat.example/auth`; OIDC_PROVIDERS needs it",
  ),
};

/** Without a slash at its end. @throws ConfigFault if there are providers, and nowhere that they could send browsers back to */
export function publicUrlOf({ oidcProviders, publicUrl }: Config<typeof oidcVariables>): string | undefined {
  if (oidcProviders.length === 0) return undefined;
  if (publicUrl === undefined) throw new ConfigFault("PUBLIC_URL: needed with OIDC_PROVIDERS");
  return publicUrl.replace(/\/$/, "");
}
