import { expect, test } from "vitest";
import { createLocalCounts } from "../src/local-counts.ts";

test("holds so many keys and no more, and forgets the one used least recently", async () => {
  const counts = createLocalCounts({ points: 5, duration: 60 }, 3);
  const take = (key: string) => counts.of(key).consume(key);
  for (const key of ["a", "b", "c", "a", "d"]) await take(key);
  const taken = async (key: string) => (await counts.of("a").get(key))?.consumedPoints;
  expect(await Promise.all(["a", "b", "c", "d"].map(taken))).toEqual([2, undefined, 1, 1]);
});
