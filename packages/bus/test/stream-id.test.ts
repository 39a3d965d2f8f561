import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareStreamIds, streamStart } from "../src/stream-id.ts";

const part = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

test("orders ids by milliseconds, then by number, up to 64 bits each", () => {
  fc.assert(
    fc.property(part, part, part, part, (aMs, aNumber, bMs, bNumber) => {
      const [a, b] = [aMs * 2n ** 64n + aNumber, bMs * 2n ** 64n + bNumber];
      expect(Math.sign(compareStreamIds(`${aMs}-${aNumber}`, `${bMs}-${bNumber}`))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    {
      examples: [
        [5n, 9n, 5n, 10n],
        [5n, 5n, 5n, 5n],
      ],
    },
  );
});

test("has nothing before the start", () => {
  expect(compareStreamIds(streamStart, "0-1")).toBeLessThan(0);
});
