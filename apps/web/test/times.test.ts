import { expect, it } from "vitest";
import { daysAgo, formatDuration, formatWhen } from "../src/times.ts";

it("counts days by midnights, not by hours", () => {
  const now = new Date(2026, 10, 20, 0, 30).getTime();
  expect([30, 31, 24 * 60 + 31].map((minutes) => daysAgo(now - minutes * 60_000, now))).toEqual([0, 1, 2]);
});

it("counts days over a change of the clock", () => {
  const [march, now] = [new Date(2026, 2, 28, 12).getTime(), new Date(2026, 2, 30, 12).getTime()];
  expect(daysAgo(march, now)).toBe(2);
});

it("says the time of today and the date of other days", () => {
  expect(formatWhen(Date.now(), "en")).toMatch(/\d:\d\d/);
  expect(formatWhen(new Date(2020, 0, 2).getTime(), "en")).toBe("Jan 2");
  expect(formatWhen(new Date(2020, 0, 2).getTime(), "ko")).toBe("1월 2일");
});

it.each([
  [7.4, "0 min 7 s"],
  [3_725, "1 h 2 min"],
  [90_000, "1 d 1 h"],
])("says %d seconds as %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));
