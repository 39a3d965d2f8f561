// examples/minimal.html: one file and a script tag, against the one-command start.
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { endVisits, openBrowser, openRoom, say, signUpAt, untilStored, visit } from "../../src/browser.ts";
import { startLocalServer, type LocalServer } from "../../src/local-server.ts";

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

test("the page of one file chats with the web client", async () => {
  const example = await visit(browser, `${server.url}/examples/minimal.html`);
  await example.getByText("connected").waitFor();
  const person = await visit(browser, server.url);
  await signUpAt(person, "Alice");
  await openRoom(person, "general");
  await example.fill("#text", "from one file");
  await example.click("button");
  await untilStored(person, ["from one file"]);
  await say(person, "<b>hello</b> file");
  await example.getByText("Alice: <b>hello</b> file").waitFor();
  await example.waitForFunction(() => document.querySelectorAll('[data-state="stored"]').length === 2);
  expect([...example.faults, ...person.faults]).toEqual([]);
});
