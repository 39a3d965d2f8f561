// A server that dies while somebody writes: every message arrives, once, in order, and its mark says so.
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  bubbles,
  endVisits,
  openBrowser,
  openRoom,
  phone,
  say,
  signUpAt,
  untilStored,
  visit,
} from "../../src/browser.ts";
import { keepScreen } from "../../src/screens.ts";
import { startLocalServer, type LocalServer } from "../../src/local-server.ts";

let server: LocalServer;
let browser: Browser;
let alice: Page;
let bob: Page;

const five = ["one", "two", "three", "four", "five"];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startLocalServer();
  const look = { viewport: phone, colorScheme: "dark" } as const;
  [alice, bob] = await Promise.all([visit(browser, server.url, look), visit(browser, server.url)]);
  await Promise.all([signUpAt(alice, "Alice"), signUpAt(bob, "Bob")]);
  for (const page of [alice, bob]) await openRoom(page, "outage");
  await say(alice, "before");
  for (const page of [alice, bob]) await untilStored(page, ["before"]);
});
afterEach(async ({ task }) => {
  await endVisits(browser, task);
  await server.close();
});

/** Alice writes five messages that nobody takes; the page says so and keeps them. */
async function writeIntoTheVoid() {
  await server.kill();
  await alice.waitForSelector(".conversation .banner.is-shown");
  for (const text of five) await say(alice, text);
  const waiting = (await bubbles(alice)).slice(1);
  expect(waiting).toEqual(five.map((text) => ({ text, state: "pending", seq: null })));
  await keepScreen(alice, "outage-phone-dark");
  await keepScreen(bob, "outage-desk-light");
}

async function untilAllHaveAll() {
  for (const page of [alice, bob]) {
    await untilStored(page, ["before", ...five]);
    expect((await bubbles(page)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  }
}

test("written while the server was dead, read by both once it is back", async () => {
  await writeIntoTheVoid();
  await server.restart();
  await untilAllHaveAll();
});

test("the same with a reload at once", async () => {
  await writeIntoTheVoid();
  await server.restart();
  await alice.reload();
  await untilAllHaveAll();
});

test("the same with the page closed and opened again", async () => {
  await writeIntoTheVoid();
  const context = alice.context();
  await alice.close();
  await server.restart();
  alice = await context.newPage();
  await alice.goto(`${server.url}/#/outage`);
  await untilAllHaveAll();
});

test("what is written while the server dies is stored once", async () => {
  for (const text of five.slice(0, 3)) await say(alice, text);
  await server.kill();
  for (const text of five.slice(3)) await say(alice, text);
  await server.restart();
  await untilAllHaveAll();
});

test("a message that is refused for good says why, can be tried again, and discarded", async () => {
  await server.kill();
  await server.restart({ CONTENT_CODE_POINTS_MAX: "10" });
  await say(alice, "longer than ten");
  const failed = alice.locator('[data-state="failed"]');
  await failed.getByText("It is too long.").waitFor();
  await keepScreen(alice, "failed-phone-dark");
  await alice.reload();
  await failed.waitFor();
  await server.kill();
  await server.restart();
  await failed.locator('[data-action="retry"]').click();
  for (const page of [alice, bob]) await untilStored(page, ["before", "longer than ten"]);

  await server.kill();
  await server.restart({ CONTENT_CODE_POINTS_MAX: "10" });
  await say(alice, "again longer than ten");
  await failed.locator('[data-action="discard"]').click();
  await untilStored(alice, ["before", "longer than ten"]);
  await alice.reload();
  await untilStored(alice, ["before", "longer than ten"]);
});

test("a message of a room that is not open again is sent all the same", async () => {
  await writeIntoTheVoid();
  await alice.goto(`${server.url}/#/elsewhere`).catch(() => {});
  await server.restart();
  await alice.goto(`${server.url}/#/elsewhere`);
  await untilStored(bob, ["before", ...five]);
});

test("a hidden page whose timers stand still stays connected", async () => {
  const carol = await visit(browser, "about:blank");
  await carol.addInitScript(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    window.setInterval = (() => 0) as unknown as typeof setInterval;
  });
  await carol.goto(server.url);
  await signUpAt(carol, "Carol");
  await carol.click('[data-action="hood"]');
  // Three of the server's heart-beats: longer than it waits for ours.
  await carol.locator('[data-frame="in"].is-heart-beat').nth(2).waitFor({ timeout: 60_000 });
  expect(await carol.locator('[data-command="CONNECT"]').count()).toBe(1);
});
