import { afterAll, beforeAll, expect, test } from "vitest";
import { failpoints, killHistories } from "../../faults/rows/failpoints.ts";
import { killGateway, killWriter, stopWriter } from "../../faults/rows/processes.ts";
import { killRedis } from "../../faults/rows/redis.ts";
import type { Row } from "../../faults/row.ts";
import { runRow } from "../../faults/run-row.ts";
import { startStack, type Stack } from "../../faults/stack.ts";
import { formatViolations } from "../../faults/table.ts";

// The short form: `npm run faults` is the long one, with all faults under the standard load.
const short = {
  beforeMs: 2_000,
  afterMs: 4_000,
  windowMs: 2_000,
  drainMs: 60_000,
  backMs: 0,
  roundsScale: 0.06,
  load: { connections: 40, rooms: 20, busyRooms: 4, perSecond: 60, speakers: 2, editsPerSecond: 2 },
  tell: () => {},
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

test.each<[string, Row]>(
  [killGateway, killWriter, failpoints, killHistories, stopWriter, killRedis].map((row) => [
    `${row.id} ${row.title}`,
    row,
  ]),
)("%s: nothing lost, doubled or out of order, no hole, no false receipt (I-1…I-11)", async (_name, row) => {
  const outcome = await runRow(row, stack, { ...short, seed: 1 });
  if (outcome.verdict.violations.length > 0) throw new Error(formatViolations(outcome));
  expect(outcome.verdict.unreceipted).toBe(0);
  expect(outcome.verdict.receipted).toBeGreaterThan(300);
});
