// GET /oidc/{name} and its callback: signing in with a provider's account, by redirects that browsers follow.
import { Refusal, type ErrorCode } from "@parley/contracts";
import { databaseFault } from "@parley/database";
import type { Log } from "@parley/service";
import type { Express, Request, RequestHandler, Response } from "express";
import type { AuthConfig } from "../config.ts";
import type { Parts } from "../parts.ts";
import { record } from "../store/audit.ts";
import { createAttemptCookie } from "./attempt-cookie.ts";
import { publicUrlOf } from "./config.ts";
import { createProviderClient, type Person, type ProviderClient } from "./provider-client.ts";
import { parseReturnPath } from "./return-path.ts";
import { signInAs } from "./sign-in-as.ts";

/** Adds nothing without providers. @throws ConfigFault */
export function createOidcRoutes(config: AuthConfig, parts: Parts, log: Log): (app: Express) => void {
  const publicUrl = publicUrlOf(config);
  if (publicUrl === undefined) return () => {};
  const { origin } = new URL(publicUrl);
  const attempts = createAttemptCookie(config.serviceToken, publicUrl, config.cookieSecure);
  const providers = new Map<string, ProviderClient>(
    config.oidcProviders.map((provider) => [
      provider.name,
      createProviderClient(provider, `${publicUrl}/oidc/${provider.name}/callback`),
    ]),
  );

  function providerOf({ params }: Request): { name: string; provider: ProviderClient } {
    const name = String(params["name"]);
    const provider = providers.get(name);
    if (!provider) throw new Refusal("NOT_FOUND", "no such provider");
    return { name, provider };
  }

  /** Back to the page, which reads what follows the hash: it is never sent to a server. */
  const goBack = (response: Response, returnTo: string, told: "signed-in" | `sign-in-error=${ErrorCode}`) =>
    response.redirect(303, `${origin}${returnTo}#${told}`);

  function refuse(response: Response, returnTo: string, error: unknown) {
    const { code, message, cause } = Refusal.from(databaseFault(error));
    if (code === "INTERNAL") log.error({ err: cause ?? error }, "signing in with a provider failed");
    else log.info({ code, detail: message }, "signing in with a provider was refused");
    goBack(response, returnTo, `sign-in-error=${code}`);
  }

  /** What is wrong costs the provider a question each: it counts as a wrong password does. */
  async function recognise(provider: string, address: string, finish: () => Promise<Person>): Promise<Person> {
    let outcome: Person | Refusal | undefined;
    await parts.limits.attempt({ address, account: `oidc ${provider}`, isKnownAddress: true }, async () => {
      outcome = await finish().catch((error: unknown) => {
        if (error instanceof Refusal && error.code === "UNAUTHENTICATED") return error;
        throw error;
      });
      return !(outcome instanceof Refusal);
    });
    if (outcome instanceof Refusal) throw outcome;
    return outcome!;
  }

  /** Of somebody whom a provider knows: what anybody could send is not worth a row. */
  async function noteRefusal({ code }: Refusal, provider: string, address: string): Promise<void> {
    parts.metrics.loggedIn("refused");
    if (code !== "CONFLICT" && code !== "FORBIDDEN") return;
    const detail = `${provider} ${code}`;
    await parts.db.transaction((tx) => record(tx, { action: "login.refused", address, detail }));
  }

  const begin: RequestHandler = async (request, response) => {
    const { name, provider } = providerOf(request);
    const returnTo = parseReturnPath(request.query["return"]);
    try {
      const { url, attempt } = await provider.begin();
      await attempts.set(response, { provider: name, returnTo, ...attempt });
      response.redirect(303, url.href);
    } catch (error) {
      refuse(response, returnTo, error);
    }
  };

  const callback: RequestHandler = async (request, response) => {
    const { name, provider } = providerOf(request);
    const address = parts.addressOf(request);
    const kept = await attempts.read(request, name);
    attempts.clear(response);
    if (!kept) return refuse(response, "/", new Refusal("UNAUTHENTICATED", "nothing was begun with this browser"));
    try {
      const query = new URL(request.originalUrl, origin).search;
      const person = await recognise(name, address, () => provider.finish(kept, query));
      const signedIn = await signInAs(parts, person, name, address);
      parts.cookie.set(response, signedIn.refreshToken);
      goBack(response, kept.returnTo, "signed-in");
    } catch (error) {
      await noteRefusal(Refusal.from(error), name, address);
      refuse(response, kept.returnTo, error);
    }
  };

  return (app) => {
    app.get("/oidc/:name", begin);
    app.get("/oidc/:name/callback", callback);
  };
}
