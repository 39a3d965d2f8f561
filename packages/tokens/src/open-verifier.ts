// The verifier of a service: tokens of chat-auth, of other issuers, or of both, as configured.
import { Refusal } from "@parley/contracts";
import { ConfigFault, tokenVariables } from "@parley/service";
import { decodeJwt } from "jose";
import { jwksUrlOf } from "./jwks.ts";
import { tokenIssuers, type TokenIssuer } from "./token-issuers.ts";
import { createForeignVerifier } from "./verify-foreign.ts";
import { createVerifier, refusalOf, type Verifier } from "./verify.ts";

export interface VerifierConfig {
  /** Where chat-auth is; without it, it has no accounts here. */
  authUrl?: string | undefined;
  tokenIssuer: string;
  tokenAudience: string;
  tokenIssuers: TokenIssuer[];
}

/** A token is checked by what its `iss` names, and by that alone. @throws ConfigFault if nobody's tokens are accepted */
export function openVerifier(config: VerifierConfig): Verifier {
  const { authUrl, tokenIssuer: issuer, tokenAudience: audience, tokenIssuers: others } = config;
  const verifiers = new Map(others.map((other) => [other.issuer, createForeignVerifier(other)]));
  if (authUrl !== undefined) {
    if (verifiers.has(issuer))
      throw new ConfigFault(`${tokenIssuers.name}: an issuer is called as ${tokenVariables.tokenIssuer.name} says`);
    verifiers.set(issuer, createVerifier({ jwksUrl: jwksUrlOf(authUrl), issuer, audience }));
  }
  if (verifiers.size === 0)
    throw new ConfigFault(`AUTH_URL or ${tokenIssuers.name}: nobody's access tokens are accepted without`);
  return {
    async verify(token) {
      const verifier = verifiers.get(issuerOf(token));
      if (verifier === undefined) throw new Refusal("UNAUTHENTICATED", "of an issuer that is not accepted");
      return verifier.verify(token);
    },
  };
}

/** What a token says of itself: whose key to try. */
function issuerOf(token: string): string {
  try {
    return decodeJwt(token).iss ?? "";
  } catch (error) {
    throw refusalOf(error);
  }
}
