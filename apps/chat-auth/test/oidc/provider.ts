// A real OpenID provider that signs in whoever it is told to.
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { generateSigningKey } from "@parley/tokens";
import { Provider, type Configuration } from "oidc-provider";

export const publicUrl = "https://parley.test/auth";
const clientId = "parley";
const clientSecret = randomBytes(16).toString("hex");

/** Who is signed in at the provider, and what it tells of them. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
  nickname?: string;
}

export interface OpenIdProvider {
  issuer: string;
  /** What OIDC_PROVIDERS says of it. */
  entry: { name: string; issuer: string; clientId: string; clientSecret: string };
  /** Who signs in from now on; a code of OAuth's instead refuses. */
  signsIn(person: Person | { error: string }): void;
  /** Requests it has had, as `GET /path`. */
  requests: string[];
  /** From now on it answers everything so. */
  fail(status: number | undefined): void;
  close(): Promise<void>;
}

export function somebody(told: Partial<Person> = {}): Person {
  return { sub: randomUUID(), email: `${randomUUID()}@example.org`, email_verified: true, name: "Ada", ...told };
}

/** @param isFrank whether the ID token tells all, as most do; otherwise the address only, not whether it is verified */
export async function startProvider(name = "idp", isFrank = true): Promise<OpenIdProvider> {
  const people = new Map<string, Person>();
  let next: Person | { error: string } = somebody();
  let failure: number | undefined;
  const requests: string[] = [];
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { privateJwk } = await generateSigningKey();
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${publicUrl}/oidc/${name}/callback`],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    jwks: { keys: [{ ...privateJwk, use: "sig", alg: "RS256" }] as never },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "nickname"] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: (use) => claimsOf(sub, use) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
  function claimsOf(sub: string, use: string) {
    const { email, ...others } = people.get(sub)!;
    return { ...(use === "id_token" && !isFrank ? {} : others), sub, ...(email !== undefined && { email }) };
  }

  const provider = new Provider(issuer, configuration);
  const serve = provider.callback();
  server.on("request", async (request, response) => {
    requests.push(`${request.method} ${request.url?.split("?", 1)[0]}`);
    if (failure !== undefined) return response.writeHead(failure).end();
    if (!request.url?.startsWith("/interaction/")) return serve(request, response);
    if ("error" in next) return provider.interactionFinished(request, response, next);
    people.set(next.sub, next);
    await provider.interactionFinished(request, response, { login: { accountId: next.sub } });
  });

  return {
    issuer,
    entry: { name, issuer, clientId, clientSecret },
    signsIn: (person) => (next = person),
    requests,
    fail: (status) => (failure = status),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
