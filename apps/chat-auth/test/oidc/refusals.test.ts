import { ConfigFault } from "@parley/service";
import { describe, expect, onTestFinished, test } from "vitest";
import { openAuth, openDatabase, startAuth } from "../fixture.ts";
import { createBrowser } from "./browser.ts";
import { publicUrl, somebody, startProvider } from "./provider.ts";
import { envOf, useStage } from "./stage.ts";

const stage = useStage();

describe("what does not belong together is refused", () => {
  const refused = "https://parley.test/#sign-in-error=UNAUTHENTICATED";

  /** A browser that has come back from the stage.provider. */
  async function comeBack(person = somebody()) {
    stage.provider.signsIn(person);
    const browser = createBrowser(stage.auth.agent);
    return { browser, callback: await browser.begin() };
  }

  test("another state, or none", async () => {
    for (const state of ["other", undefined]) {
      const { browser, callback } = await comeBack();
      if (state === undefined) callback.searchParams.delete("state");
      else callback.searchParams.set("state", state);
      expect((await browser.finish(callback)).href).toBe(refused);
      expect([...browser.cookies.keys()]).toEqual([]);
    }
  });

  test("a code that somebody else's browser was given (login CSRF)", async () => {
    const [victim, attacker] = [await comeBack(), await comeBack()];
    expect((await victim.browser.finish(attacker.callback)).href).toBe(refused);
    const empty = createBrowser(stage.auth.agent);
    expect((await empty.finish(attacker.callback)).href).toBe(refused);
  });

  test("a code of another attempt under the right state: by its verifier and nonce", async () => {
    const [one, other] = [await comeBack(), await comeBack()];
    one.callback.searchParams.set("code", other.callback.searchParams.get("code")!);
    expect((await one.browser.finish(one.callback)).href).toBe(refused);
  });

  test("a code that was used before, and the attempt that was", async () => {
    const { browser, callback } = await comeBack();
    const attempt = browser.cookies.get("oidc_attempt")!;
    expect((await browser.finish(callback)).hash).toBe("#signed-in");
    expect((await browser.finish(callback)).href).toBe(refused);
    browser.cookies.set("oidc_attempt", attempt);
    expect((await browser.finish(callback)).href).toBe(refused);
  });

  test("an attempt that was changed, of another provider, or made by nobody", async () => {
    const { browser, callback } = await comeBack();
    const attempt = browser.cookies.get("oidc_attempt")!;
    const swapped = new URL(callback.href.replace("/idp/", "/frugal/"));
    expect((await browser.finish(swapped)).href).toBe(refused);
    for (const forged of [`${attempt.slice(0, -2)}AA`, "x", "..", "a.b.c.d.e", attempt.replace(/^[^.]+/, "e30")]) {
      browser.cookies.set("oidc_attempt", forged);
      expect((await browser.finish(callback)).href).toBe(refused);
    }
  });

  test("an answer of another issuer", async () => {
    const { browser, callback } = await comeBack();
    callback.searchParams.set("iss", "https://evil.example");
    expect((await browser.finish(callback)).href).toBe(refused);
  });

  test("what the provider refuses", async () => {
    stage.provider.signsIn({ error: "access_denied" });
    const browser = createBrowser(stage.auth.agent);
    expect((await browser.finish(await browser.begin("idp", "/x"))).href).toBe(
      "https://parley.test/x#sign-in-error=UNAUTHENTICATED",
    );
  });

  test("the cookie between cannot be read, and only comes along from a provider's page", async () => {
    const response = await stage.auth.agent.get("/oidc/idp").expect(303);
    const [line = ""] = response.get("Set-Cookie") ?? [];
    expect(line).toMatch(/^oidc_attempt=[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+; Max-Age=600; Path=\/auth\/oidc; /);
    expect(line).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
    const url = new URL(response.get("Location")!);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      redirect_uri: `${publicUrl}/oidc/idp/callback`,
      code_challenge_method: "S256",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(line).not.toContain(url.searchParams.get("state"));
  });
});

describe("where it leads", () => {
  test.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "evil",
    "/a\nb",
    "/#signed-in",
    "/\t/evil.example",
  ])("never to %j", async (path) => {
    const { body } = await stage.auth.agent.get("/oidc/idp").query({ return: path }).expect(400);
    expect(body.error.code).toBe("INVALID");
  });

  test("never to a path of thousands of characters", async () => {
    await stage.auth.agent
      .get("/oidc/idp")
      .query({ return: `/${"x".repeat(2_000)}` })
      .expect(400);
  });

  test("never to where the Host header says (B-87)", async () => {
    const response = await stage.auth.agent
      .get("/oidc/idp")
      .set("Host", "evil.example")
      .set("X-Forwarded-Host", "evil.example");
    expect(response.get("Location")).not.toContain("evil");
    const callback = await stage.auth.agent.get("/oidc/idp/callback?code=x").set("Host", "evil.example");
    expect(callback.get("Location")).toBe("https://parley.test/#sign-in-error=UNAUTHENTICATED");
  });

  test("nowhere by an unknown name", async () => {
    await stage.auth.agent.get("/oidc/nobody").expect(404);
    await stage.auth.agent.get("/oidc/__proto__").expect(404);
    await stage.auth.agent.get("/oidc/nobody/callback").expect(404);
  });
});

describe("who brings one wrong code after the other", () => {
  test("is told to wait, and the provider is asked no more (B-73)", async () => {
    const database = await openDatabase();
    const env = { ...envOf(stage.provider), EXEMPT_ADDRESSES: "", LOGIN_FAILURES_MAX: "3" };
    const { agent } = await startAuth(database.url, env);
    const outcomes: string[] = [];
    for (let n = 0; n < 5; n++) {
      const browser = createBrowser(agent);
      const callback = await browser.begin();
      callback.searchParams.set("code", `wrong ${n}`);
      outcomes.push((await browser.finish(callback)).hash);
    }
    const wrong = "#sign-in-error=UNAUTHENTICATED";
    const wait = "#sign-in-error=RATE_LIMITED";
    expect(outcomes).toEqual([wrong, wrong, wrong, wait, wait]);
  });

  test("is given no more than so many new accounts", async () => {
    const database = await openDatabase();
    const env = { ...envOf(stage.provider), EXEMPT_ADDRESSES: "", SIGNUPS_PER_ADDRESS_MAX: "2" };
    const { agent } = await startAuth(database.url, env);
    const known = somebody();
    const outcomes: string[] = [];
    for (const person of [known, somebody(), somebody(), known]) {
      stage.provider.signsIn(person);
      const browser = createBrowser(agent);
      outcomes.push((await browser.finish(await browser.begin())).hash);
    }
    expect(outcomes).toEqual(["#signed-in", "#signed-in", "#sign-in-error=RATE_LIMITED", "#signed-in"]);
  });
});

describe("a provider that is away", () => {
  test("keeps nothing from starting, and is found once it is there", async () => {
    const late = await startProvider("late");
    onTestFinished(() => late.close());
    late.fail(503);
    const database = await openDatabase();
    const { agent } = await startAuth(database.url, envOf(late));
    const away = await agent.get("/oidc/late?return=/x").expect(303);
    expect(away.get("Location")).toBe("https://parley.test/x#sign-in-error=UNAVAILABLE");
    late.fail(undefined);
    const there = await agent.get("/oidc/late").expect(303);
    expect(there.get("Location")).toMatch(new RegExp(`^${late.issuer}/auth`));
  });

  test("when the browser comes back is UNAVAILABLE", async () => {
    stage.provider.signsIn(somebody());
    const browser = createBrowser(stage.auth.agent);
    const callback = await browser.begin();
    stage.provider.fail(503);
    expect((await browser.finish(callback)).href).toBe("https://parley.test/#sign-in-error=UNAVAILABLE");
  });
});

describe("without it", () => {
  test("there is nothing", async () => {
    const { agent } = await openAuth();
    await agent.get("/oidc/idp").expect(404);
    expect((await agent.get("/methods")).body.oidc).toEqual([]);
  });

  test("PUBLIC_URL is needed with providers", async () => {
    const database = await openDatabase();
    const { OIDC_PROVIDERS } = envOf(stage.provider);
    await expect(startAuth(database.url, { OIDC_PROVIDERS })).rejects.toThrow(ConfigFault);
  });

  test.each([
    ["a provider over plain http", { issuer: "http://idp.example" }],
    ["no issuer", { issuer: "" }],
    ["a name with a slash", { name: "a/b" }],
    ["no secret", { clientSecret: "" }],
    ["scopes without openid", { scopes: "email" }],
    ["a field that is misspelt", { clientsecret: "x" }],
  ])("refuses %s at the start, and keeps secrets", async (_what, changed) => {
    const OIDC_PROVIDERS = JSON.stringify([{ ...stage.provider.entry, ...changed }]);
    const error: unknown = await startAuth("", { DATABASE_URL: "postgres://127.0.0.1:1/none", OIDC_PROVIDERS }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigFault);
    expect((error as Error).message).toContain("OIDC_PROVIDERS: entry 1: ");
    expect((error as Error).message).not.toContain(stage.provider.entry.clientSecret);
  });
});
