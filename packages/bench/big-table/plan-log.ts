// The plans that PostgreSQL really used, out of its log (auto_explain). It must not know whose statements they are.
import { setTimeout as sleep } from "node:timers/promises";

/** Settings of the sessions whose plans are wanted. */
export const planSettings = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_buffers": "on",
  "auto_explain.log_timing": "off",
  "auto_explain.log_format": "json",
};

/** As EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) spells it. */
export interface PlanNode {
  "Node Type": string;
  "Parent Relationship"?: string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows"?: number;
  "Actual Loops"?: number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  "Shared Hit Blocks"?: number;
  "Shared Read Blocks"?: number;
  Plans?: PlanNode[];
}

export interface Plan {
  statement: string;
  /** Without planning. */
  tookMs: number;
  root: PlanNode;
}

const settleMs = 200;
/** How long a plan may take from PostgreSQL to us. */
const arriveMsMax = 5_000;

export interface PlanLog {
  /** Takes every line that PostgreSQL logs. */
  read(line: string): void;
  /** The plans that `act` led to, of statements that match. @throws Error if there are none */
  during(act: () => Promise<unknown>, matching: RegExp): Promise<Plan[]>;
}

export function createPlanLog(): PlanLog {
  let plans: Plan[] = [];
  let current: { tookMs: number; lines: string[] } | undefined;
  return {
    read(line) {
      const start = /duration: ([\d.]+) ms {2}plan:$/.exec(line);
      if (start) current = { tookMs: Number(start[1]), lines: [] };
      else if (current && line.startsWith("\t")) current.lines.push(line);
      if (!current || line !== "\t}") return;
      plans.push(parsePlan(current.tookMs, current.lines.join("\n")));
      current = undefined;
    },
    async during(act, matching) {
      plans = [];
      await act();
      const found = () => plans.filter(({ statement }) => matching.test(statement));
      for (const untilMs = performance.now() + arriveMsMax; found().length === 0;) {
        if (performance.now() > untilMs) throw new Error(`no plan of a statement like ${matching} was logged`);
        await sleep(settleMs);
      }
      await sleep(settleMs); // The other statements of the same call.
      return found();
    },
  };
}

function parsePlan(tookMs: number, json: string): Plan {
  const { "Query Text": statement, Plan: root } = JSON.parse(json) as { "Query Text": string; Plan: PlanNode };
  return { statement, tookMs, root };
}
