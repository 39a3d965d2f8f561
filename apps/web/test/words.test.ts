import { expect, it } from "vitest";
import { english } from "../src/words/english.ts";
import { korean } from "../src/words/korean.ts";

const sentences = (words: object): [string, unknown][] =>
  Object.entries(words).flatMap(([key, value]): [string, unknown][] =>
    typeof value === "object" ? sentences(value as object) : [[key, value]],
  );

it("says everything in both languages, and nothing twice the same", () => {
  const [own, other] = [sentences(english), sentences(korean)];
  expect(other.map(([key]) => key)).toEqual(own.map(([key]) => key));
  const same = own.filter(([key, value], index) => value === other[index]![1] && key !== "slowest" && key !== "swaps");
  expect(same).toEqual([]);
});
