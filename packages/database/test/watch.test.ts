import { expect, onTestFinished, test, vi } from "vitest";
import { watchDatabase } from "../src/index.ts";
import { openPool } from "./fixture.ts";

test("tells when the database goes away and when it is back", async () => {
  const { pool, shut, open } = await openPool();
  const watch = await watchDatabase(pool);
  onTestFinished(() => watch.close());
  expect(watch.answers()).toBe(true);
  await shut();
  await vi.waitUntil(() => !watch.answers(), { timeout: 10_000 });
  await open();
  await vi.waitUntil(() => watch.answers(), { timeout: 10_000 });
});
