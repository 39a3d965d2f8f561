import { expect, test } from "vitest";
import { judgePlan } from "../big-table/plan-check.ts";
import { createPlanLog, type PlanNode } from "../big-table/plan-log.ts";

const judge = (root: PlanNode, read?: number) =>
  judgePlan({ statement: "", tookMs: 1, root }, { sorted: 51, read }).faults;

/** What reads rows, below what returns them. */
function plan(scan: PlanNode, returned = 51): PlanNode {
  return { "Node Type": "Limit", "Actual Rows": returned, "Actual Loops": 1, Plans: [scan] };
}

const indexScan: PlanNode = {
  "Node Type": "Index Scan",
  "Relation Name": "message",
  "Index Name": "message_seq",
  "Actual Rows": 51,
  "Actual Loops": 1,
};

test("has nothing against an index that finds what is returned, with a few deleted ones between", () => {
  expect(judge(plan({ ...indexScan, "Rows Removed by Filter": 3 }))).toEqual([]);
});

test("finds rows that were read and left out", () => {
  expect(judge(plan({ ...indexScan, "Rows Removed by Filter": 1_000 }))).toEqual(["reads 1051 rows for 51"]);
  expect(judge(plan({ ...indexScan, "Rows Removed by Filter": 1_000 }), 1_051)).toEqual([]);
});

test("finds rows that are read again and again", () => {
  expect(judge(plan({ ...indexScan, "Actual Loops": 40 }))).toEqual(["reads 2040 rows for 51"]);
});

test("finds a table that is read as a whole, and not one that the plan never came to", () => {
  const scan: PlanNode = { ...indexScan, "Node Type": "Seq Scan", "Relation Name": "sender" };
  expect(judge(plan(scan))).toEqual(["reads the whole of sender"]);
  expect(judge(plan({ ...scan, "Actual Loops": 0 }))).toEqual([]);
});

test("finds a sort of more than a page, although it keeps only a page", () => {
  const sort: PlanNode = { "Node Type": "Sort", "Actual Rows": 51, "Actual Loops": 1 };
  const below: PlanNode = { "Node Type": "Function Scan", "Actual Rows": 5_000, "Actual Loops": 1 };
  const input: PlanNode = { ...below, "Parent Relationship": "Outer" };
  expect(judge(plan({ ...sort, Plans: [input] }))).toEqual(["sorts 5000 rows"]);
  expect(judge(plan({ ...sort, Plans: [{ ...below, "Parent Relationship": "InitPlan" }] }))).toEqual([]);
});

test("reads plans out of PostgreSQL's log", async () => {
  const log = createPlanLog();
  const lines = [
    "LOG:  something else",
    "LOG:  duration: 0.250 ms  plan:",
    "\t{",
    '\t  "Query Text": "SELECT 1\\n  FROM chat.room",',
    '\t  "Plan": { "Node Type": "Result" }',
    "\t}",
  ];
  const act = async () => lines.forEach((line) => log.read(line));
  expect(await log.during(act, /chat\.room/)).toEqual([
    { statement: "SELECT 1\n  FROM chat.room", tookMs: 0.25, root: { "Node Type": "Result" } },
  ]);
});
