// A chat-auth with two providers, and people who sign in by them.
import { LoginAnswer, type Account } from "@parley/contracts";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { openAuth } from "../fixture.ts";
import { createBrowser } from "./browser.ts";
import { publicUrl, startProvider, type OpenIdProvider, type Person } from "./provider.ts";

type Browser = ReturnType<typeof createBrowser>;

interface Stage {
  auth: Awaited<ReturnType<typeof openAuth>>;
  /** `idp`: tells all in the ID token. */
  provider: OpenIdProvider;
  /** `frugal`: tells it only when asked. */
  frugal: OpenIdProvider;
}

/** What chat-auth is told of providers. */
export function envOf(...providers: OpenIdProvider[]) {
  return { OIDC_PROVIDERS: JSON.stringify(providers.map(({ entry }) => entry)), PUBLIC_URL: publicUrl };
}

/** For all tests of a file. */
export function useStage(): Stage {
  const stage = {} as Stage;
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const [provider, frugal] = await Promise.all([startProvider("idp"), startProvider("frugal", false)]);
    closers.push(
      () => provider.close(),
      () => frugal.close(),
    );
    const auth = await openAuth(envOf(provider, frugal), (close) => closers.push(close));
    Object.assign(stage, { provider, frugal, auth });
  });
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });
  beforeEach(() => stage.provider.fail(undefined));
  return stage;
}

/** Signs somebody in in a browser of their own: where they end, and with what. */
export async function enter(stage: Stage, person: Person, { name = "idp", returnTo = "/" } = {}) {
  (name === "idp" ? stage.provider : stage.frugal).signsIn(person);
  const browser = createBrowser(stage.auth.agent);
  const page = await browser.finish(await browser.begin(name, returnTo));
  return {
    page: page.href,
    browser,
    account: () => accountIn(stage, browser),
    answer: () => answerTo(stage, browser),
  };
}

/** What the browser's refresh cookie is good for. */
async function answerTo({ auth }: Stage, { cookies }: Browser): Promise<LoginAnswer> {
  const response = await auth.agent.post("/refresh").set("Cookie", `refresh_token=${cookies.get("refresh_token")}`);
  return LoginAnswer.parse(response.body);
}

/** The account that it is signed in with. */
export async function accountIn(stage: Stage, browser: Browser): Promise<Account> {
  return (await answerTo(stage, browser)).account;
}
