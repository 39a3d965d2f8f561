import { expect, test } from "vitest";
import { fuzz } from "../fuzz/fuzz.ts";

test("damaged streams end no process, leave no session, and do not hold up others (long form: npm run fuzz)", async () => {
  const { streams, seed, residentMiB, sessionsLeft } = await fuzz(10, Math.floor(Math.random() * 1e9), () => {});
  expect({ seed, sessionsLeft }).toEqual({ seed, sessionsLeft: 0 });
  expect(streams).toBeGreaterThan(100);
  expect(residentMiB.end).toBeLessThan(residentMiB.early + 40);
});
