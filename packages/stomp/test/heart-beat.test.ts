import { expect, test } from "vitest";
import { HeartBeat } from "../src/heart-beat.ts";
import { tickMs } from "../src/limits.ts";

function agreed(header: string | undefined, sendMs = 1_000, receiveMs = 1_000): HeartBeat {
  const heartBeat = new HeartBeat({ sendMs, receiveMs }, 0);
  heartBeat.agree(header);
  return heartBeat;
}

/** The first moment at which it holds, looked at every `tickMs` from `offsetMs` on. */
function firstTick(offsetMs: number, holds: (now: number) => boolean): number | undefined {
  for (let now = offsetMs; now < 60_000; now += tickMs) if (holds(now)) return now;
  return undefined;
}

test.each([undefined, "0,0"])("C-050 C-056 %s: sends none and waits for none", (header) => {
  const heartBeat = agreed(header);
  expect(firstTick(0, (now) => heartBeat.due(now) || heartBeat.silent(now))).toBeUndefined();
});

test("C-056 does not wait for what the server did not ask for, nor send what it did not offer", () => {
  const heartBeat = agreed("1000,1000", 0, 0);
  expect(firstTick(0, (now) => heartBeat.due(now) || heartBeat.silent(now))).toBeUndefined();
});

test.each([
  ["0,1000", 1_000, 1_000],
  ["0,300", 1_000, 1_000],
  ["0,5000", 1_000, 5_000],
  ["0,100", 300, 300],
])("C-052 %s with an offer of %i: sends at least every %i ms, whenever the ticks fall", (header, sendMs, everyMs) => {
  for (let offsetMs = 0; offsetMs < tickMs; offsetMs += 10) {
    const heartBeat = agreed(header, sendMs);
    const due = firstTick(offsetMs, (now) => heartBeat.due(now));
    expect(due).toBeLessThanOrEqual(everyMs);
  }
});

test("C-052 anything sent puts off the next one", () => {
  const heartBeat = agreed("0,10000");
  heartBeat.sent(9_000);
  expect(heartBeat.due(10_000)).toBe(false);
  expect(heartBeat.due(19_000)).toBe(true);
});

test("C-054 C-055 silence is death after twice the agreed time, within a tick", () => {
  const heartBeat = agreed("500,0", 0, 1_000);
  heartBeat.received(100);
  expect(heartBeat.silent(2_100)).toBe(false);
  expect(firstTick(0, (now) => heartBeat.silent(now))).toBeLessThanOrEqual(2_100 + tickMs);
});

test("C-165 trims the parts of the header", () => {
  expect(agreed(" 0 , 1000 ").due(1_000)).toBe(true);
});

test.each(["", "1", "1,", ",1", "1,2,3", "-1,0", "1.5,0", "a,b", "1e3,0", "1;2", "9".repeat(16) + ",0"])(
  "C-058 refuses %j",
  (header) => {
    expect(() => agreed(header)).toThrow(expect.objectContaining({ code: "PROTOCOL" }));
  },
);
