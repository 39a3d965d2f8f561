// Every screen on a desk and on a phone, in both themes: kept as pictures, and without a fault that axe can find.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createRoom,
  desk,
  endVisits,
  enterAsGuest,
  fillSignUp,
  openBrowser,
  openRoom,
  phone,
  say,
  showForm,
  signUpAt,
  untilStored,
  visit,
} from "../../src/browser.ts";
import { keepScreen } from "../../src/screens.ts";
import { startLocalServer, type LocalServer } from "../../src/local-server.ts";

const firstLoadBytesMax = 60_000;

let server: LocalServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startLocalServer(), openBrowser()]);
});
afterEach(({ task }) => endVisits(browser, task));
afterAll(async () => {
  await browser.close();
  await server.close();
});

const themes = ["light", "dark"] as const;
const sizes = Object.entries({ desk, phone });
const looks = themes.flatMap((theme) => sizes.map(([size, viewport]) => ({ theme, size, viewport })));

describe.each(looks)("$size, $theme", ({ theme, size, viewport }) => {
  const keep = (page: Page, name: string) => keepScreen(page, `${name}-${size}-${theme}`);
  const look = { colorScheme: theme, viewport };

  test("signing in and up", async () => {
    const page = await visit(browser, server.url, look);
    await showForm(page, "sign-in");
    await keep(page, "sign-in");
    await page.fill("[name=email]", "nobody@example.org");
    await page.fill("[name=password]", "wrong password");
    await page.click("form [type=submit]");
    await page.getByText("Email or password is wrong.").waitFor();
    await keep(page, "sign-in-wrong");
    await fillSignUp(page, "Mina Park");
    await keep(page, "sign-up");
    await page.click('[data-action="guest"]');
    await page.waitForSelector('[data-face="guest"]');
    await keep(page, "guest");
  });

  test("members, a room that is not open to all, and the account", async () => {
    const mina = await visit(browser, server.url, look);
    await signUpAt(mina, "Mina Park");
    const jonas = await visit(browser, server.url, look);
    await enterAsGuest(jonas, `Jonas ${size} ${theme}`);
    if (size === "phone") await jonas.waitForSelector(".room");
    await mina.click('[data-action="create-room"]');
    await keep(mina, "create-room");
    await mina.click('[data-action="create-room"]');
    await createRoom(mina, "Release notes", "private");
    await mina.click('[data-action="members"]');
    await mina.fill(".invite [name=query]", `jonas ${size} ${theme}`);
    await mina.press(".invite [name=query]", "Enter");
    await mina.waitForSelector('[data-action="invite"]');
    await keep(mina, "invite");
    await mina.click('[data-action="invite"]');
    await mina.locator(".member summary").click();
    await keep(mina, "members");

    const lina = await visit(browser, server.url, look);
    await enterAsGuest(lina, "Lina");
    await lina.goto(mina.url());
    await lina.getByText("You cannot open this room.").waitFor();
    await keep(lina, "refused");
    if (size === "phone") await lina.click(".back");
    await lina.click('[data-action="account"]');
    await lina.click(".delete-account summary");
    await keep(lina, "account-guest");
    if (size === "phone") await mina.click(".panel-head button");
    if (size === "phone") await mina.click(".back");
    await mina.click('[data-action="account"]');
    await keep(mina, "account");
    await mina.keyboard.press("Escape");
    await mina.locator('[data-action="account"]:focus').waitFor();
  });

  test("rooms and conversation", async () => {
    const roomId = `design-${size}-${theme}`;
    const mina = await visit(browser, server.url, look);
    await signUpAt(mina, "Mina Park");
    const jonas = await visit(browser, server.url);
    await signUpAt(jonas, "Jonas Weber");
    await openRoom(mina, roomId);
    await keep(mina, "empty-room");
    await openRoom(jonas, roomId);
    const talk: [Page, string][] = [
      [mina, "Morning! The new build is up on the test cluster."],
      [mina, "Two gateways, two recorders, one very patient PostgreSQL."],
      [jonas, "Nice. I killed both recorders while you were typing. Did you notice?"],
      [mina, "No."],
      [mina, "Which is the point, I suppose.\nShall we write that into the release notes?"],
      [jonas, "안녕하세요! 한국어도 잘 보이나요?"],
      [mina, "네, 잘 보여요."],
    ];
    for (const [n, [page, text]] of talk.entries()) {
      await say(page, text);
      await untilStored(
        mina,
        talk.slice(0, n + 1).map((entry) => entry[1]),
      );
    }
    await openRoom(jonas, "general");
    await say(jonas, "Release at four.");
    await openRoom(mina, "general");
    await openRoom(mina, roomId);
    await say(jonas, "Or at five, the coffee machine is down.");
    await mina.waitForSelector('[data-room="general"] [data-unread]', { state: "attached" });
    await keep(mina, "conversation");
    if (size === "phone") {
      await mina.click(".back");
      await keep(mina, "rooms");
      await mina.goForward().catch(() => {});
      await openRoom(mina, roomId);
    }
    await mina.click('[data-action="hood"]');
    await mina.locator("[data-frame]").first().waitFor();
    await mina.locator("summary").first().click();
    await keep(mina, "hood");
    await mina.click(".panel-head button");
    expect(mina.faults).toEqual([]);
  });
});

test("the whole of it in Korean, and the choice is kept", async () => {
  const page = await visit(browser, server.url, { locale: "ko-KR" });
  await page.getByText("계정을 만드세요").waitFor();
  expect(await page.getAttribute("html", "lang")).toBe("ko");
  await signUpAt(page, "김민아");
  await openRoom(page, "general");
  await page.getByPlaceholder("general에 메시지 보내기").waitFor();
  await keepScreen(page, "korean-desk-light");
  await page.click('[data-action="language"]');
  await page.getByPlaceholder("Message general").waitFor();
  await page.reload();
  await page.getByPlaceholder("Message general").waitFor();
});

test("a word that is still being composed is not sent by Enter", async () => {
  const page = await visit(browser, server.url);
  await signUpAt(page, "Composer");
  await openRoom(page, "composing");
  await page.fill("[name=content]", "안");
  await page.dispatchEvent("[name=content]", "keydown", { key: "Enter", isComposing: true });
  await page.press("[name=content]", "Shift+Enter");
  await page.locator("[name=content]").pressSequentially("녕");
  await page.press("[name=content]", "Enter");
  await untilStored(page, ["안\n녕"]);
});

test("the first load is small, and its policy allows nothing inline", async () => {
  const page = await visit(browser, server.url);
  const policy = (await page.request.get(server.url)).headers()["content-security-policy"]!;
  expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*style-src 'self'/);
  expect(policy).not.toContain("unsafe");
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize)
      .reduce((sum, size) => sum + size, 0),
  );
  console.log(`first load: ${bytes} octets, compressed`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(firstLoadBytesMax);
});
