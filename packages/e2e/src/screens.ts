// Pictures of screens for people to look at, and what axe says of them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const folder = fileURLToPath(new URL("../../../test-artifacts/screens", import.meta.url));
const axeFile = fileURLToPath(import.meta.resolve("axe-core/axe.min.js"));
/** As if the origin had it, so that the page's policy allows it. */
const axeUrl = "/axe.js";

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** Keeps a picture as `<name>.png`. @throws Error that names what axe finds wrong, and where */
export async function keepScreen(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  const isThere = await page.evaluate(() => "axe" in window);
  if (!isThere) {
    await page.route(`**${axeUrl}`, (route) => route.fulfill({ path: axeFile }));
    await page.addScriptTag({ url: axeUrl });
  }
  const faults = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
  if (faults.length > 0) throw new Error(`${name}:\n${faults.join("\n")}`);
}
