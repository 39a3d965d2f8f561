import { expect, it } from "vitest";
import { colourOf, initialsOf } from "../src/people.ts";

it.each([
  ["Ada Lovelace", "AL"],
  ["ada", "A"],
  ["  Jean  Luc   Picard ", "JP"],
  ["김민아", "김"],
  ["김 민아", "김"],
  ["Øyvind Ås", "ØÅ"],
  ["👩‍👩‍👧 family", "👩‍👩‍👧"],
  ["", "?"],
])("shows %j as %j", (name, initials) => expect(initialsOf(name)).toBe(initials));

it("gives an account one colour of eight, whatever its name", () => {
  const colours = Array.from({ length: 100 }, (_, n) => colourOf(`account-${n}`));
  expect(new Set(colours)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(colourOf("account-1")).toBe(colours[1]);
});
