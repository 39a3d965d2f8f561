import { expect, test } from "vitest";
import { DelayCounts } from "../../faults/crowd/delays.ts";
import { fitLine } from "../../faults/fit.ts";
import { longestBusyS, type LoopReading } from "../../faults/loops.ts";

test("a line is found in its points, and how sure that is", () => {
  const exact = fitLine([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })));
  expect(exact.slope).toBeCloseTo(2);
  expect(exact.error).toBeCloseTo(0);
  const scattered = fitLine([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x + (x % 2) })));
  expect(scattered.error).toBeGreaterThan(0.1);
  expect(fitLine([{ x: 1, y: 1 }]).slope).toBeNaN();
});

/** Readings a second apart; each number is the share that was active. */
function readingsOf(...shares: number[]): LoopReading[] {
  const readings = [{ atMs: 0, idle: 0, active: 0 }];
  for (const share of shares) {
    const { atMs, idle, active } = readings.at(-1)!;
    readings.push({ atMs: atMs + 1_000, idle: idle + 1_000 * (1 - share), active: active + 1_000 * share });
  }
  return readings;
}

test("a busy loop is busy for as long as every second of it was", () => {
  expect(longestBusyS(readingsOf(0.95, 0.99, 0.5, 0.95, 0.95, 0.95, 0.1), 0.9)).toBe(3);
  expect(longestBusyS(readingsOf(0.5, 0.5), 0.9)).toBe(0);
  expect(longestBusyS([], 0.9)).toBe(0);
});

test("delays are told by the share of those that are not longer", () => {
  const counts = new DelayCounts();
  for (let ms = 1; ms <= 1_000; ms++) counts.add(ms);
  expect(counts.read()).toEqual({ count: 1_000, p50: 500, p99: 990, most: 1_000 });
  counts.clear();
  counts.add(1_000_000);
  expect(counts.read()).toEqual({ count: 1, p50: 60_000, p99: 60_000, most: 60_000 });
});
