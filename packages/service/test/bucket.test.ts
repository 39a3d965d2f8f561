import fc from "fast-check";
import { expect, test } from "vitest";
import { Bucket } from "../src/bucket.ts";

test("gives the burst at once, then one for each part of a second, and says how long to wait", () => {
  const bucket = new Bucket(20, 3, 0);
  expect([0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(50);
  expect(bucket.take(49)).toBe(1);
  expect(bucket.take(50)).toBe(0);
});

test("what was spent elsewhere has to be made up for, but never more than the burst", () => {
  const bucket = new Bucket(10, 5, 0);
  bucket.spend(1_000, 0);
  expect(bucket.wait(0)).toBe(600);
  expect(bucket.isFull(0)).toBe(false);
  expect(bucket.isFull(1_000)).toBe(true);
});

test("never gives more than the burst and the rate allow, however it is asked", () => {
  const times = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), times, (rate, burst, waits) => {
      const bucket = new Bucket(rate, burst, 0);
      let nowMs = 0;
      let taken = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        if (bucket.take(nowMs) === 0) taken++;
        expect(taken).toBeLessThanOrEqual(burst + (nowMs * rate) / 1_000 + 1e-6);
      }
    }),
  );
});
