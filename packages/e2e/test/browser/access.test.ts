// Who gets in, and what the page says and does when that ends; where rooms must be made and joined.
import { LoginAnswer } from "@parley/contracts";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import {
  bubbles,
  createRoom,
  endVisits,
  enterAsGuest,
  fillSignUp,
  inviteInto,
  memberRow,
  openBrowser,
  password,
  say,
  showForm,
  signUpAt,
  untilStored,
  visit,
} from "../../src/browser.ts";
import { startLocalServer, type LocalServer } from "../../src/local-server.ts";

let server: LocalServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([
    startLocalServer({ ROOMS_AUTO_CREATE: "false", ACCESS_TOKEN_SECONDS: "10" }),
    openBrowser(),
  ]);
});
afterEach(({ task }) => endVisits(browser, task));
afterAll(async () => {
  await browser.close();
  await server.close();
});

const nameOf = (who: string) => `${who} ${crypto.randomUUID().slice(0, 8)}`;

async function guest(name: string): Promise<Page> {
  const page = await visit(browser, server.url);
  await enterAsGuest(page, name);
  return page;
}

/** Alice owns the room and has its members before her; Bob was invited and has it open. */
async function meet(kind: "public" | "private") {
  const names = [nameOf("Alice"), nameOf("Bob")] as const;
  const [alice, bob] = await Promise.all([guest(names[0]), guest(names[1])]);
  await createRoom(alice, "Garden", kind);
  await say(alice, "first");
  await alice.click('[data-action="members"]');
  await inviteInto(alice, names[1]);
  await bob.reload();
  await bob.getByRole("link", { name: "Garden" }).click();
  await untilStored(bob, ["first"]);
  return { alice, bob, names };
}

test("a guest comes in by a name alone, talks, and is still in after a reload", async () => {
  const { alice, bob, names } = await meet("public");
  await say(bob, "hello");
  for (const page of [alice, bob]) await untilStored(page, ["first", "hello"]);
  expect(await alice.locator(".author").last().textContent()).toBe(names[1]);
  await bob.reload();
  await untilStored(bob, ["first", "hello"]);
});

test("who is invited sees a private room; who is removed is told at once and sees nothing more", async () => {
  const { alice, bob, names } = await meet("private");
  await memberRow(alice, names[1]).locator("summary").click();
  await memberRow(alice, names[1]).locator('[data-action="remove"]').click();
  await bob.getByText("You are no longer a member of this room.").waitFor();
  await say(alice, "among ourselves");
  await untilStored(alice, ["first", "among ourselves"]);
  expect(await bubbles(bob)).toEqual([]);
  expect(await bob.getByText("among ourselves").count()).toBe(0);

  await bob.click('[data-action="join"]');
  await bob.getByText("It is not open to you.").waitFor();
  await inviteInto(alice, names[1]);
  await bob.click('[data-action="join"]');
  await untilStored(bob, ["first", "among ourselves"]);
});

test("a link to a public room joins it; who was removed joins again only by asking for it", async () => {
  const { alice, names } = await meet("public");
  const carol = nameOf("Carol");
  const page = await guest(carol);
  await page.goto(alice.url());
  await untilStored(page, ["first"]);
  await alice.reload();
  await alice.click('[data-action="members"]');
  for (const name of [...names, carol]) await memberRow(alice, name).waitFor();
  await memberRow(alice, carol).locator("summary").click();
  await memberRow(alice, carol).locator('[data-action="remove"]').click();
  const isOut = page.getByText("You are no longer a member of this room.");
  await isOut.waitFor();
  await page.reload();
  await isOut.waitFor();
  await page.click('[data-action="join"]');
  await untilStored(page, ["first"]);
});

test("who is muted is told until when; two members talk among themselves", async () => {
  const { alice, bob, names } = await meet("public");
  const row = memberRow(alice, names[1]);
  await row.locator("summary").click();
  await row.locator('[data-action="mute"]').click();
  await row.getByText("Muted until").waitFor();
  await say(bob, "may I?");
  await bob.getByText("You are muted in this room until").waitFor();

  await row.locator('[data-action="talk"]').click();
  await alice.waitForSelector(`h1:text-is("${names[1]}")`);
  await say(alice, "Sorry about that");
  await bob.reload();
  await bob.getByRole("link", { name: names[0] }).click();
  await untilStored(bob, ["Sorry about that"]);
  await say(bob, "Never mind");
  await untilStored(alice, ["Sorry about that", "Never mind"]);
});

test("who is banned stands in a list, and can join again once they are taken off it", async () => {
  const { alice, bob, names } = await meet("public");
  await memberRow(alice, names[1]).locator("summary").click();
  await memberRow(alice, names[1]).locator('[data-action="ban"]').click();
  await bob.getByText("You are no longer a member of this room.").waitFor();
  await bob.click('[data-action="join"]');
  await bob.getByText("It is not open to you.").waitFor();

  const banned = alice.getByRole("region", { name: "Banned" });
  const unban = banned.getByRole("button", { name: `Unban ${names[1]}` });
  await unban.press("Enter");
  await banned.waitFor({ state: "detached" });
  await alice.locator(".members:focus").waitFor();
  await bob.click('[data-action="join"]');
  await untilStored(bob, ["first"]);
});

test("who is blocked can no longer write to whom they wrote, until that ends", async () => {
  const { alice, bob, names } = await meet("public");
  await bob.click('[data-action="members"]');
  await memberRow(bob, names[0]).locator("summary").click();
  await memberRow(bob, names[0]).locator('[data-action="talk"]').click();
  await bob.waitForSelector(`h1:text-is("${names[0]}")`);
  await say(bob, "psst");
  await untilStored(bob, ["psst"]);

  const row = memberRow(alice, names[1]);
  await row.locator("summary").click();
  await row.locator('[data-action="block"]').click();
  await row.getByText("(blocked)").waitFor();
  await say(bob, "hello?");
  await bob.locator('.message[data-state="failed"]').waitFor();

  await row.locator('[data-action="unblock"]').click();
  await row.getByText("(blocked)").waitFor({ state: "detached" });
  await say(bob, "thank you");
  await bob.locator('.message[data-state="stored"]').filter({ hasText: "thank you" }).waitFor();
});

test("a room is called otherwise once its owner renames it, and is gone for all once they delete it", async () => {
  const { alice, bob } = await meet("private");
  const settings = alice.getByRole("region", { name: "This room" });
  await settings.getByLabel("Name of the room").fill("Orchard");
  await settings.getByLabel("Name of the room").press("Enter");
  await alice.waitForSelector('h1:text-is("Orchard")');
  await bob.reload();
  await bob.waitForSelector('h1:text-is("Orchard")');

  await settings.locator("summary").press("Enter");
  await settings.getByRole("button", { name: "Delete for good" }).click();
  await alice.getByRole("link", { name: "Orchard" }).waitFor({ state: "detached" });
  await bob.getByText("You are no longer a member of this room.").waitFor();
  expect(await bubbles(bob)).toEqual([]);
});

test("a connection outlives its token: the page hands over another one, and does not reconnect", async () => {
  const page = await visit(browser, server.url);
  const answer = page.waitForResponse((response) => response.url().endsWith("/auth/guest"));
  await enterAsGuest(page, nameOf("Dora"));
  const { accessToken } = LoginAnswer.parse(await (await answer).json());
  await createRoom(page, "Long talk", "public");
  await page.click('[data-action="hood"]');
  const isOver = async () =>
    (await fetch(`${server.url}/rooms`, { headers: { authorization: `Bearer ${accessToken}` } })).status === 401;
  await vi.waitUntil(isOver, { timeout: 60_000, interval: 500 });
  const renewals = page.locator('[data-frame="out"][data-command="SEND"]').filter({ hasText: "/app/auth" });
  expect(await renewals.count()).toBeGreaterThan(0);
  await say(page, "still here");
  await untilStored(page, ["still here"]);
  expect(await page.locator('[data-command="CONNECT"]').count()).toBe(1);
});

test("another password ends the other logins; so does signing out everywhere; a deleted account is gone", async () => {
  const page = await visit(browser, server.url);
  const { email } = await signUpAt(page, nameOf("Erin"));
  const signIn = async (at: Page, secret: string) => {
    await showForm(at, "sign-in");
    await at.fill("[name=email]", email);
    await at.fill("[name=password]", secret);
    await at.click("form [type=submit]");
  };
  const other = await visit(browser, server.url);
  await signIn(other, password);
  await other.waitForSelector(".workspace");

  await page.click('[data-action="account"]');
  const form = page.locator('[data-form="change-password"]');
  const change = async (current: string) => {
    await form.locator("[name=current]").fill(current);
    await form.locator("[name=next]").fill(`${password} 2`);
    await form.locator("[type=submit]").click();
  };
  await change("wrong horse battery");
  await form.getByText("The current password is wrong.").waitFor();
  await change(password);
  await form.getByText("Done.").waitFor();
  await other.getByText("You were signed out.").waitFor();
  await signIn(other, `${password} 2`);
  await other.waitForSelector(".workspace");

  await page.click('[data-action="sign-out-everywhere"]');
  for (const at of [page, other]) await showForm(at, "sign-in");
  await signIn(page, `${password} 2`);
  await page.click('[data-action="account"]');
  await page.click(".delete-account summary");
  await page.fill(".delete-account [name=password]", `${password} 2`);
  await page.click(".delete-account [type=submit]");
  await signIn(page, `${password} 2`);
  await page.getByText("Email or password is wrong.").waitFor();
});

test("a page that is left while it refreshes its login is still signed in", async () => {
  const page = await guest(nameOf("Hana"));
  for (let n = 0; n < 6; n++) {
    await page.waitForRequest((request) => request.url().endsWith("/auth/refresh"));
    await page.reload();
    await page.waitForSelector(".workspace");
  }
});

test("back from another provider one is signed in, or told that it did not work", async () => {
  const page = await guest(nameOf("Gina"));
  await page.evaluate(() => localStorage.clear());
  await page.goto(`${server.url}/?again#signed-in`);
  await page.waitForSelector(".workspace");
  const other = await visit(browser, `${server.url}/#sign-in-error=UNAUTHENTICATED`);
  await other.getByText("Signing in did not work.").waitFor();
  expect(other.url()).toBe(`${server.url}/`);
});

test("a password that many people use is not taken", async () => {
  const page = await visit(browser, server.url);
  await fillSignUp(page, nameOf("Finn"));
  await page.fill("[name=password]", "password123");
  await page.click("form [type=submit]");
  await page.getByText("a password that many people use is not taken").waitFor();
});
