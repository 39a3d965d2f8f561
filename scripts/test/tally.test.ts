import { expect, test } from "vitest";
import { tallyTests } from "../tally.ts";

test("each test counts once", () => {
  expect(tallyTests(report(["passed", "passed"], ["passed"]), 0)).toMatchObject({ passed: 3, failed: 0, remarks: [] });
});

test("a failed test counts as failed", () => {
  expect(tallyTests(report(["passed", "failed"]), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test.each(["skipped", "pending", "todo"])("a test that is %s counts as failed, and is named", (status) => {
  const { passed, failed, remarks } = tallyTests(report(["passed", status]), 0);
  expect({ passed, failed }).toEqual({ passed: 1, failed: 1 });
  expect(remarks).toEqual([`${status}: file 0 > test 1`]);
});

test("a file without tests, or that does not load, counts as failed", () => {
  expect(tallyTests(report(["passed"], []), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(tallyTests(report(["passed"], []), 0)).toMatchObject({ passed: 1, failed: 1 });
});

test("an error outside of all tests counts as failed", () => {
  expect(tallyTests(report(["passed"]), 1)).toMatchObject({ passed: 1, failed: 1 });
});

test.each([undefined, "", "{"])("a run that crashed counts as failed, with the report %j", (text) => {
  expect(tallyTests(text, null)).toMatchObject({ passed: 0, failed: 1 });
});

test("a run without tests counts as failed", () => {
  expect(tallyTests(report(), 0)).toMatchObject({ passed: 0, failed: 1 });
});

function report(...files: string[][]): string {
  return JSON.stringify({
    testResults: files.map((statuses, file) => ({
      name: `file ${file}`,
      status: statuses.length > 0 && !statuses.includes("failed") ? "passed" : "failed",
      assertionResults: statuses.map((status, n) => ({ fullName: `test ${n}`, status })),
    })),
  });
}
