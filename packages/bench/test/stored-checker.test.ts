import { expect, test } from "vitest";
import { formatTempId, readTempId } from "../src/generator/body.ts";
import { StoredChecker } from "../src/stored-checker.ts";

/** Sender a has sent three messages, sender b two, all to one room, in which these are: `2b1` is b's second, as seq 2. */
function check(rows: string, lastSeq: number) {
  const checker = new StoredChecker([3, 2]);
  const all = [...rows.matchAll(/(\d+)([ab])(\d+)/g)].map(([, seq, sender, number]) => ({
    seq: Number(seq),
    tempId: formatTempId(sender === "a" ? 0 : 1, Number(number)),
  }));
  checker.addRoom(all, lastSeq);
  return checker.finish();
}

test.each([
  ["nothing where nothing is wrong", "1a0 2b0 3a1 4a2 5b1", 5, {}],
  ["what was never stored", "", 0, { lost: 5 }],
  ["one lost", "1a0 2b0 3a2 4b1", 4, { lost: 1 }],
  ["one doubled", "1a0 2b0 3a1 4a2 5b1 6b1", 6, { doubled: 1 }],
  ["one that nobody sent", "1a0 2b0 3a1 4a2 5b1 6b2", 6, { doubled: 1 }],
  ["two of one sender swapped", "1a1 2a0 3b0 4a2 5b1", 5, { swapped: 1 }],
  ["a hole", "1a0 2b0 4a1 5a2 6b1", 6, { holes: 1 }],
  ["a room that counts further than its rows go", "1a0 2b0 3a1 4a2 5b1", 6, { holes: 1 }],
])("finds %s", (_what, rows, lastSeq, faults) => {
  expect(check(rows, lastSeq)).toEqual({ lost: 0, doubled: 0, swapped: 0, holes: 0, ...faults });
});

test("reads back from a tempId who sent it, and the how-manieth it was", () => {
  expect(readTempId(formatTempId(99, 1_234_567))).toEqual({ publisher: 99, number: 1_234_567 });
});
