// Speaks to one OpenID provider: the code flow with PKCE, state and nonce (RFC 9700 §2.1.1). It knows no accounts here.
import { Refusal } from "@parley/contracts";
import * as client from "openid-client";
import type { Provider } from "./config.ts";

/** What has to be the same when the browser comes back. */
interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
}

/** Whom a provider speaks of. */
export interface Person {
  issuer: string;
  subject: string;
  /** Undefined: the provider does not tell. */
  email: string | undefined;
  isEmailVerified: boolean;
  /** As the provider has it. */
  name: string | undefined;
}

export interface ProviderClient {
  /** Where to send the browser. @throws Refusal UNAVAILABLE */
  begin(): Promise<{ url: URL; attempt: Attempt }>;
  /**
   * @param query what the provider has given the browser to bring
   * @throws Refusal UNAUTHENTICATED if it is not the answer to the attempt, or was used before; UNAVAILABLE
   */
  finish(attempt: Attempt, query: string): Promise<Person>;
}

/** Each answer of a provider, in seconds. */
const answerSeconds = 5;
/** After this the provider is asked again where its endpoints are. */
const freshMs = 3_600_000;
/** OpenID Connect Core §2 has 255 ASCII characters; NUL and half a character are what PostgreSQL does not take. */
const subjects = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
/** Faults of the provider's or of the way to it, by openid-client's codes; all others are of what the browser brought. */
const providerFaults = new Set([
  "OAUTH_TIMEOUT",
  "OAUTH_RESPONSE_IS_NOT_CONFORM",
  "OAUTH_RESPONSE_IS_NOT_JSON",
  "OAUTH_PARSE_ERROR",
  "OAUTH_MISSING_SERVER_METADATA",
  "OAUTH_INVALID_SERVER_METADATA",
  "OAUTH_HTTP_REQUEST_FORBIDDEN",
]);

/** @param redirectUri where the provider sends browsers back to, as it is registered there */
export function createProviderClient(provider: Provider, redirectUri: string): ProviderClient {
  const { issuer, clientId, clientSecret, scopes } = provider;
  const execute = issuer.startsWith("http://") ? [client.allowInsecureRequests] : [];
  let found: Promise<client.Configuration> | undefined;
  let foundAt = -Infinity;

  /** Asked for at the first use, so that a provider that is away keeps nothing from starting. */
  function discover(): Promise<client.Configuration> {
    if (found && performance.now() - foundAt < freshMs) return found;
    foundAt = performance.now();
    const asked = client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      timeout: answerSeconds,
      execute,
    });
    found = asked;
    asked.catch(() => {
      if (found === asked) found = undefined;
    });
    return asked;
  }

  /** Some tell in the ID token who it is, some only when asked. */
  async function describe(
    config: client.Configuration,
    tokens: client.TokenEndpointResponse,
    claims: client.IDToken,
  ): Promise<Partial<client.UserInfoResponse>> {
    const isTold = typeof claims["email_verified"] === "boolean" && nameIn(claims) !== undefined;
    if (isTold || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    return { ...claims, ...info };
  }

  return {
    async begin() {
      try {
        const config = await discover();
        const attempt = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const url = client.buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: scopes,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: "S256",
        });
        return { url, attempt };
      } catch (error) {
        throw refusalOf(error);
      }
    },
    async finish({ state, nonce, verifier }, query) {
      try {
        const config = await discover();
        const tokens = await client.authorizationCodeGrant(config, new URL(redirectUri + query), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        return personIn(issuer, claims.sub, await describe(config, tokens, claims));
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

function personIn(issuer: string, subject: string, told: Partial<client.UserInfoResponse>): Person {
  if (!subjects.test(subject)) throw new Refusal("UNAUTHENTICATED", "the provider: a subject that no database keeps");
  const { email, email_verified: isEmailVerified } = told;
  return {
    issuer,
    subject,
    email: typeof email === "string" ? email : undefined,
    isEmailVerified: isEmailVerified === true,
    name: nameIn(told),
  };
}

function nameIn({ nickname, name, preferred_username: username }: Record<string, unknown>): string | undefined {
  return [nickname, name, username].find((text): text is string => typeof text === "string" && text.trim() !== "");
}

/** Their messages may repeat what was sent: codes only are told. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code = "" } = error as { code?: string };
  const isUnreachable = error instanceof TypeError || providerFaults.has(code) || isServerError(error);
  const told = `the provider: ${[code, (error as { error?: unknown }).error].filter(Boolean).join(" ") || "no answer"}`;
  return new Refusal(isUnreachable ? "UNAVAILABLE" : "UNAUTHENTICATED", told);
}

function isServerError(error: unknown): boolean {
  return error instanceof client.ResponseBodyError && (error.status >= 500 || error.error === "invalid_client");
}
