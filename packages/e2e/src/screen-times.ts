// How long a screen takes: measured in the pages themselves, by one clock, from the key that is pressed.
import type { Page } from "playwright-core";

/** By the text of a message, in milliseconds since 1970. */
interface Sightings {
  pressed: Record<string, number>;
  shown: Record<string, number>;
  stored: Record<string, number>;
}

declare global {
  interface Window {
    sightings: Sightings;
  }
}

/** From now on the page notes when Enter was pressed, and when each bubble appeared and was marked stored. */
export async function watchScreen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const sightings: Sightings = { pressed: {}, shown: {}, stored: {} };
    window.sightings = sightings;
    const now = () => performance.timeOrigin + performance.now();
    document.addEventListener(
      "keydown",
      (event) => {
        const { target } = event;
        if (event.key !== "Enter" || !(target instanceof HTMLTextAreaElement)) return;
        sightings.pressed[target.value] = performance.timeOrigin + event.timeStamp;
      },
      true,
    );
    const look = () => {
      for (const item of document.querySelectorAll(".message")) {
        const text = item.querySelector(".bubble-text")!.textContent;
        sightings.shown[text] ??= now();
        if (item.getAttribute("data-state") === "stored") sightings.stored[text] ??= now();
      }
    };
    look();
    const observed = { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] };
    new MutationObserver(look).observe(document.querySelector(".messages")!, observed);
  });
}

export interface ScreenTimes {
  /** Milliseconds from the key: to the own bubble, its stored mark, the other person's bubble; ascending. */
  own: number[];
  stored: number[];
  other: number[];
}

export async function readScreenTimes(sender: Page, other: Page, texts: string[]): Promise<ScreenTimes> {
  const [here, there] = await Promise.all([sender, other].map((page) => page.evaluate(() => window.sightings)));
  const since = (times: Record<string, number>) =>
    texts.map((text) => times[text]! - here!.pressed[text]!).toSorted((one, two) => one - two);
  return { own: since(here!.shown), stored: since(here!.stored), other: since(there!.shown) };
}

/** `p50 3.1, p95 7.4, max 9.0 ms` */
export function formatTimes(ascending: number[]): string {
  const at = (share: number) => ascending[Math.ceil(ascending.length * share) - 1]!.toFixed(1);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`;
}
