import { expect, test } from "vitest";
import { InDoubt } from "../src/in-doubt.ts";

test("later messages to a room wait until those in doubt are repeated; other rooms do not (G-6)", () => {
  const inDoubt = new InDoubt();
  inDoubt.add("r", "1");
  inDoubt.add("r", "2");
  expect(inDoubt.blocks("r", "3")).toBe(true);
  expect(inDoubt.blocks("other", "3")).toBe(false);
  expect(inDoubt.blocks("r", "1")).toBe(false);
  inDoubt.settle("r", "1");
  expect(inDoubt.blocks("r", "3")).toBe(true);
  inDoubt.settle("r", "2");
  expect(inDoubt.blocks("r", "3")).toBe(false);
});

test("a connection that leaves too much in doubt is told so", () => {
  const inDoubt = new InDoubt();
  for (let n = 0; n < 1000; n++) expect(inDoubt.add("r", `${n}`)).toBe(true);
  expect(inDoubt.add("r", "one more")).toBe(false);
});
