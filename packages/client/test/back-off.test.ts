import fc from "fast-check";
import { expect, it } from "vitest";
import { backOffMs, backOffMsMax, backOffMsMin } from "../src/back-off.ts";

it("waits anything up to a ceiling that doubles with each failure, and never longer than the longest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = backOffMs(failures, () => random);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(backOffMsMax);
    }),
  );
  expect([1, 2, 3, 8, 9].map((failures) => backOffMs(failures, () => 1))).toEqual([
    backOffMsMin,
    400,
    800,
    25_600,
    backOffMsMax,
  ]);
});
