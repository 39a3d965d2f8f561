// Two people in two browsers, after one command.
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  bubbles,
  fillSignUp,
  endVisits,
  openBrowser,
  openRoom,
  password,
  say,
  showForm,
  signUpAt,
  untilStored,
  visit,
} from "../../src/browser.ts";
import { startLocalServer, type LocalServer } from "../../src/local-server.ts";
import { formatTimes, readScreenTimes, watchScreen } from "../../src/screen-times.ts";

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

async function meet(roomId: string) {
  const pages = await Promise.all([visit(browser, server.url), visit(browser, server.url)]);
  for (const [index, page] of pages.entries()) {
    await signUpAt(page, ["Alice Ames", "Bob Berg"][index]!);
    await openRoom(page, roomId);
  }
  return pages;
}

test("they sign up, exchange messages both ways, and a reload shows all from history", async () => {
  const pages = await meet("both-ways");
  const [alice, bob] = pages;
  await say(alice, "Hello Bob");
  await untilStored(bob, ["Hello Bob"]);
  await say(bob, "안녕, Alice");
  const texts = ["Hello Bob", "안녕, Alice"];
  for (const page of pages) await untilStored(page, texts);
  expect(await bob.locator(".author").first().textContent()).toBe("Alice Ames");
  await alice.reload();
  await untilStored(alice, texts);
  expect(pages.flatMap(({ faults }) => faults)).toEqual([]);
});

test("an own message is there at once, the other's soon after, the stored mark too (measured, reported)", async () => {
  const [alice, bob] = await meet("screen-times");
  await say(alice, "warm-up");
  await untilStored(bob, ["warm-up"]);
  await Promise.all([alice, bob].map(watchScreen));
  const texts = Array.from({ length: 50 }, (_, n) => `message ${n + 1}`);
  for (const text of texts) await say(alice, text);
  for (const page of [alice, bob]) await untilStored(page, ["warm-up", ...texts]);
  const { own, other, stored } = await readScreenTimes(alice, bob, texts);
  console.log(`own bubble:      ${formatTimes(own)} (goal: 16)`);
  console.log(`other's bubble:  ${formatTimes(other)} (goal: p95 100)`);
  console.log(`stored mark:     ${formatTimes(stored)} (goal: p95 250)`);
  expect([own, other, stored].map(({ length }) => length)).toEqual([50, 50, 50]);
});

test("what is written is text, whatever it looks like", async () => {
  const [alice, bob] = await meet("text");
  const text = '<img src=x onerror="document.title=1"><b>bold</b> &amp; javascript:alert(1)';
  await say(alice, text);
  await untilStored(bob, [text]);
  expect(await bob.locator(".bubble-text *").count()).toBe(0);
});

test("a wrong password and a taken address are said so, and nothing else is told", async () => {
  const page = await visit(browser, server.url);
  const { email } = await signUpAt(page, "Carol");
  const again = await visit(browser, server.url);
  await showForm(again, "sign-in");
  await again.fill("[name=email]", email);
  await again.fill("[name=password]", "wrong horse battery");
  await again.click("form [type=submit]");
  await again.getByText("Email or password is wrong.").waitFor();
  await fillSignUp(again, "Carol");
  await again.fill("[name=email]", email);
  await again.click("form [type=submit]");
  await again.getByText("There is an account with this email already.").waitFor();
  await showForm(again, "sign-in");
  await again.fill("[name=email]", email);
  await again.fill("[name=password]", password);
  await again.click("form [type=submit]");
  await again.waitForSelector(".workspace");
});

test("tabs of one browser share the login, and signing out of one ends it in all", async () => {
  const first = await visit(browser, server.url);
  await signUpAt(first, "Dora");
  const second = await first.context().newPage();
  await second.goto(server.url);
  await second.waitForSelector(".workspace");
  await Promise.all([first.reload(), second.reload()]);
  for (const page of [first, second]) await page.waitForSelector(".workspace");
  await second.click('[data-action="sign-out"]');
  for (const page of [first, second]) await page.waitForSelector("form [name=password]");
  await first.reload();
  await first.waitForSelector("form [name=password]");
});

test("scrolling up loads what is older, and what is looked at stays in its place", async () => {
  const [alice, bob] = await meet("long");
  const texts = Array.from({ length: 120 }, (_, n) => `line ${n + 1}`);
  for (const text of texts) await say(alice, text);
  await untilStored(bob, texts);
  await bob.reload();
  await untilStored(bob, texts.slice(-50));
  const list = bob.locator(".messages");
  const top = () => list.evaluate((box) => ({ top: box.scrollTop, height: box.scrollHeight }));
  const placeOf = (text: string) =>
    bob.getByText(text, { exact: true }).evaluate((element) => element.getBoundingClientRect().top);
  await list.evaluate((box) => (box.scrollTop = 600));
  const before = await placeOf("line 85");
  await list.evaluate((box) => (box.scrollTop = 350));
  await bob.getByText("line 30", { exact: true }).waitFor({ state: "attached" });
  expect(Math.abs((await placeOf("line 85")) - before - 250)).toBeLessThan(2);
  await say(alice, "news");
  await bob.getByText("1 new message").click();
  await bob.waitForFunction(() => {
    const box = document.querySelector(".messages")!;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 2;
  });
  while ((await bubbles(bob)).length < 121) {
    const { height } = await top();
    await list.evaluate((box) => (box.scrollTop = 0));
    await bob.waitForFunction((h) => document.querySelector(".messages")!.scrollHeight > h, height);
  }
  await untilStored(bob, [...texts, "news"]);
});
