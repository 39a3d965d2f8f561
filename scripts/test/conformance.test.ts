import { expect, test } from "vitest";
import { findUncited, readCitations, readRows } from "../conformance.ts";

test("every row of docs/conformance.md has a test that cites it", () => {
  const { rows, uncited } = findUncited();
  expect(rows).toBeGreaterThan(150);
  expect(uncited).toEqual([]);
});

test("a row may stand for several, and so may a citation", () => {
  expect(readRows("| C-007 … C-009 | MUST |\n| B-01 | x |\n| see C-100 |")).toEqual([
    "C-007",
    "C-008",
    "C-009",
    "B-01",
  ]);
  expect([...readCitations("decodes (C-007…C-009), B-01; X-9")]).toEqual(["C-007", "C-008", "C-009", "B-01"]);
});
