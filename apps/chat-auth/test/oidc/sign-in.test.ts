import { expect, describe, test } from "vitest";
import { bearer, hearEndings, query, readActions, signUp, someone } from "../fixture.ts";
import { createBrowser } from "./browser.ts";
import { somebody } from "./provider.ts";
import { accountIn, enter, useStage } from "./stage.ts";

const stage = useStage();
const rows = (text: string) => query(stage.auth.database.url, text);

describe("signing in with a provider", () => {
  test("makes an account, opens a login and leads back to the page", async () => {
    const person = somebody();
    const { page, browser, account } = await enter(stage, person, { returnTo: "/room/general?x=1" });
    expect(page).toBe("https://parley.test/room/general?x=1#signed-in");
    expect(await account()).toMatchObject({ email: person.email, nickname: "Ada" });
    expect([...browser.cookies.keys()]).toEqual(["refresh_token"]);
    expect((await readActions(stage.auth.agent)).slice(-2)).toEqual(["account.created", "login.accepted"]);
  });

  test("finds the same account ever after, whatever became of the address and the name", async () => {
    const person = somebody();
    const first = await (await enter(stage, person)).account();
    const again = await enter(stage, { ...person, email: somebody().email!, name: "Grace" });
    expect(await again.account()).toEqual(first);
    const without = await enter(stage, { sub: person.sub });
    expect(await without.account()).toEqual(first);
  });

  test("asks a provider whose ID token says little", async () => {
    const person = somebody({ nickname: "Gracie" });
    const { account } = await enter(stage, person, { name: "frugal" });
    expect(await account()).toMatchObject({ email: person.email, nickname: "Gracie" });
    expect(stage.frugal.requests).toContain("GET /me");
  });

  test("the same subject of another provider is somebody else", async () => {
    const person = somebody({ email: undefined });
    const [one, other] = [await enter(stage, person), await enter(stage, person, { name: "frugal" })];
    expect((await one.account()).id).not.toBe((await other.account()).id);
  });

  test("one without an address has an account without one, and is no guest", async () => {
    const person = somebody({ email: undefined, email_verified: undefined, name: undefined });
    const account = await (await enter(stage, person)).account();
    expect(account).toMatchObject({ email: null, nickname: "idp" });
    expect(await rows(`SELECT is_guest FROM auth.account WHERE id = '${account.id}'`)).toEqual([{ is_guest: false }]);
  });

  test("first logins at the same time make one account", async () => {
    const person = somebody();
    stage.provider.signsIn(person);
    const browsers = Array.from({ length: 10 }, () => createBrowser(stage.auth.agent));
    const callbacks = await Promise.all(browsers.map((browser) => browser.begin()));
    const pages = await Promise.all(browsers.map((browser, n) => browser.finish(callbacks[n]!)));
    expect(new Set(pages.map(({ hash }) => hash))).toEqual(new Set(["#signed-in"]));
    const accounts = await Promise.all(browsers.map((browser) => accountIn(stage, browser)));
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1);
  });

  test("first logins by two providers at the same time make one account for one verified address", async () => {
    const person = somebody();
    const names = ["idp", "frugal"];
    for (const one of [stage.provider, stage.frugal]) one.signsIn({ ...person, sub: crypto.randomUUID() });
    const browsers = names.map(() => createBrowser(stage.auth.agent));
    const callbacks = await Promise.all(browsers.map((browser, n) => browser.begin(names[n])));
    await Promise.all(browsers.map((browser, n) => browser.finish(callbacks[n]!)));
    const accounts = await Promise.all(browsers.map((browser) => accountIn(stage, browser)));
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(1);
  });

  test("screens are told which providers there are", async () => {
    const { body } = await stage.auth.agent.get("/methods").expect(200);
    expect(body.oidc).toEqual(["idp", "frugal"]);
  });
});

describe("an account that is there already", () => {
  test("is found by an address that the provider has verified, and keeps its name", async () => {
    const { who, answer } = await signUp(stage.auth.agent);
    const { account } = await enter(stage, somebody({ email: who.email.toUpperCase(), name: "Grace" }));
    expect(await account()).toEqual({ ...answer.account, nickname: "Ada" });
    expect(await readActions(stage.auth.agent)).toContain("account.linked");
  });

  test("whose address nobody had verified loses its password and its other logins to the owner of the address", async () => {
    const endings = await hearEndings(stage.auth.bus);
    const { who, answer, cookie } = await signUp(stage.auth.agent); // The thief, who came first
    const { account } = await enter(stage, somebody({ email: who.email }));
    expect((await account()).id).toBe(answer.account.id);
    await stage.auth.agent.post("/login").send(who).expect(401);
    await stage.auth.agent.post("/refresh").set("Cookie", cookie).expect(401);
    await stage.auth.agent.get("/me").set(bearer(answer)).expect(401);
    expect(endings).toMatchObject([{ accountId: answer.account.id, change: "linked" }]);
    expect(
      await rows(`SELECT password_hash, email_verified_at IS NOT NULL AS v FROM auth.account
        WHERE id = '${answer.account.id}'`),
    ).toEqual([{ password_hash: null, v: true }]);
  });

  test("whose address was verified keeps its password and its logins", async () => {
    const { who, answer } = await signUp(stage.auth.agent);
    await rows(`UPDATE auth.account SET email_verified_at = now() WHERE id = '${answer.account.id}'`);
    const { account } = await enter(stage, somebody({ email: who.email }));
    expect((await account()).id).toBe(answer.account.id);
    await stage.auth.agent.post("/login").send(who).expect(200);
    await stage.auth.agent.get("/me").set(bearer(answer)).expect(200);
  });

  test.each([false, undefined, "true" as never])(
    "is not given to who says of an address that it is verified: %j",
    async (verified) => {
      const { who } = await signUp(stage.auth.agent);
      const { page, browser } = await enter(stage, somebody({ email: who.email, email_verified: verified }));
      expect(page).toBe("https://parley.test/#sign-in-error=CONFLICT");
      expect([...browser.cookies.keys()]).toEqual([]);
      await stage.auth.agent.post("/login").send(who).expect(200);
      expect(await readActions(stage.auth.agent)).toContain("login.refused");
    },
  );

  test("an address that was not verified is not kept: its owner can have it", async () => {
    const person = somebody({ email_verified: false });
    expect(await (await enter(stage, person)).account()).toMatchObject({ email: null });
    await signUp(stage.auth.agent, { ...someone(), email: person.email! });
  });

  test("that is disabled stays shut", async () => {
    const person = somebody();
    const { id } = await (await enter(stage, person)).account();
    await rows(`UPDATE auth.account SET disabled_at = now() WHERE id = '${id}'`);
    expect((await enter(stage, person)).page).toBe("https://parley.test/#sign-in-error=FORBIDDEN");
  });

  test("that was deleted does not come back: who returns begins anew", async () => {
    const person = somebody();
    const answer = await (await enter(stage, person)).answer();
    await stage.auth.agent.delete("/me").set(bearer(answer)).send({}).expect(204);
    expect((await (await enter(stage, person)).account()).id).not.toBe(answer.account.id);
  });
});
