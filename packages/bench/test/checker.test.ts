import { expect, test } from "vitest";
import { Checker } from "../src/generator/checker.ts";

/** One publisher of five messages; a subscriber is given these. */
function check(...numbers: number[]) {
  const checker = new Checker(1, 1);
  checker.expect(0, 0);
  for (let n = 0; n < 5; n++) checker.publish(0);
  for (const number of numbers) checker.deliver(0, 0, number);
  return checker.finish();
}

test("finds nothing where nothing is wrong", () => {
  expect(check(0, 1, 2, 3, 4)).toEqual({ lost: 0, doubled: 0, swapped: 0 });
});

test.each([
  ["one lost in the middle", [0, 1, 3, 4], { lost: 1, doubled: 0, swapped: 0 }],
  ["the last one lost", [0, 1, 2, 3], { lost: 1, doubled: 0, swapped: 0 }],
  ["all lost", [], { lost: 5, doubled: 0, swapped: 0 }],
  ["one doubled", [0, 1, 1, 2, 3, 4], { lost: 0, doubled: 1, swapped: 0 }],
  ["two swapped", [0, 2, 1, 3, 4], { lost: 0, doubled: 0, swapped: 1 }],
])("finds %s", (_what, numbers, faults) => {
  expect(check(...numbers)).toEqual(faults);
});
