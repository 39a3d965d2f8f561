// A real browser, and people who use the web client in it: each has a profile of their own.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "@parley/embedded";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";

export const desk = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

const waitMsMax = 30_000;

export interface Look {
  colorScheme?: "light" | "dark";
  viewport?: { width: number; height: number };
  locale?: string;
}

export async function openBrowser(): Promise<Browser> {
  const executablePath =
    process.env["CHROME_PATH"] ??
    (await findProgram({
      names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
      debianPackage: "chromium",
      missing:
        "There is no chromium or google-chrome on PATH: install one (apt-get install chromium), or set CHROME_PATH.",
    }));
  const isRoot = process.getuid?.() === 0;
  const args = ["--disable-background-networking", ...(isRoot ? ["--no-sandbox"] : [])];
  return chromium.launch({ executablePath, args });
}

/** A first visit. Whatever the page says on its console as an error, or throws, is kept in `faults`. */
export async function visit(browser: Browser, url: string, look: Look = {}): Promise<Page & { faults: string[] }> {
  const context = await browser.newContext({ viewport: desk, locale: "en-US", colorScheme: "light", ...look });
  const page: Page = await context.newPage();
  page.setDefaultTimeout(waitMsMax);
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  const response = await page.goto(url);
  if (response?.status() === 503) throw new Error("The web client is not built: npx turbo run bundle (npm test does)");
  return Object.assign(page, { faults });
}

/** To be called after each test: closes what it visited; of a test that failed the last pictures are kept. */
export async function endVisits(browser: Browser, { name, result }: TestResult): Promise<void> {
  const contexts = browser.contexts();
  if (result?.state === "fail") {
    const file = (n: number) => join(failures, `${name.replace(/\W+/g, "-").slice(0, 80)}-${n + 1}.png`);
    const pages = contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page, n) => page.screenshot({ path: file(n) }).catch(() => {})));
  }
  await Promise.all(contexts.map((context) => context.close()));
}
const failures = fileURLToPath(new URL("../../../test-artifacts/failed", import.meta.url));
interface TestResult {
  name: string;
  result?: { state: string } | undefined;
}

/** The form has two faces: signing in, or up. */
export async function showForm(page: Page, face: "sign-in" | "sign-up"): Promise<void> {
  await page.waitForSelector("form [name=password]");
  const isSignUp = (await page.locator("[name=nickname]").count()) > 0;
  if (isSignUp !== (face === "sign-up")) await page.click('[data-action="other-face"]');
}

export const password = "correct horse battery";

/** Fills in the form of somebody new; `email` is unique. */
export async function fillSignUp(page: Page, name: string): Promise<{ email: string }> {
  const email = `${crypto.randomUUID()}@example.org`;
  await showForm(page, "sign-up");
  await page.fill("[name=nickname]", name);
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  return { email };
}

export async function signUpAt(page: Page, name: string): Promise<{ email: string }> {
  const account = await fillSignUp(page, name);
  await page.click("form [type=submit]");
  await page.waitForSelector(".workspace");
  return account;
}

export async function enterAsGuest(page: Page, name: string): Promise<void> {
  await page.click('[data-action="guest"]');
  await page.fill("[name=nickname]", name);
  await page.click("form [type=submit]");
  await page.waitForSelector(".workspace");
}

/** Opens the new room, of which the page's person is the owner; answers its id. */
export async function createRoom(page: Page, name: string, kind: "public" | "private"): Promise<string> {
  await page.click('[data-action="create-room"]');
  await page.fill(".create-room [name=name]", name);
  await page.check(`.create-room [value=${kind}]`);
  await page.click(".create-room [type=submit]");
  await page.waitForSelector(`h1:text-is("${name}")`);
  await untilLive(page);
  return new URL(page.url()).hash.slice(2);
}

/** With the panel of members open: finds somebody whose name no other has, and invites them. */
export async function inviteInto(page: Page, name: string): Promise<void> {
  await page.fill(".invite [name=query]", name);
  await page.press(".invite [name=query]", "Enter");
  await page.click('[data-action="invite"]');
  await memberRow(page, name).waitFor();
}

export function memberRow(page: Page, name: string): Locator {
  return page.locator(".member").filter({ hasText: name });
}

export async function openRoom(page: Page, roomId: string): Promise<void> {
  await page.evaluate((id) => (location.hash = `#/${id}`), roomId);
  await page.waitForSelector(`h1:text-is("${roomId}")`);
  await untilLive(page);
}

async function untilLive(page: Page): Promise<void> {
  await page.waitForSelector('.room-status[data-status="live"]', { state: "attached" });
}

export async function say(page: Page, text: string): Promise<void> {
  await page.fill("[name=content]", text);
  await page.press("[name=content]", "Enter");
}

interface Bubble {
  text: string;
  state: string;
  seq: number | null;
}

export function bubbles(page: Page): Promise<Bubble[]> {
  return page.$$eval(".message", (items) =>
    items.map((item) => ({
      text: item.querySelector(".bubble-text")!.textContent,
      state: item.getAttribute("data-state")!,
      seq: item.hasAttribute("data-seq") ? Number(item.getAttribute("data-seq")) : null,
    })),
  );
}

/** Resolves once the page shows exactly these texts, all of them stored, in this order. */
export async function untilStored(page: Page, texts: string[]): Promise<void> {
  await page.waitForFunction((wanted) => {
    const items = [...document.querySelectorAll(".message")];
    const shown = items.map((item) => item.querySelector(".bubble-text")?.textContent);
    const isStored = items.every((item) => item.getAttribute("data-state") === "stored");
    return isStored && JSON.stringify(shown) === wanted;
  }, JSON.stringify(texts));
}
