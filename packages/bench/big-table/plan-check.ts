// Judges a plan: does it find what it returns by an index, and nothing else? It knows plans; not what they are for.
import type { Plan, PlanNode } from "./plan-log.ts";

export interface PlanVerdict {
  /** Names of indexes, and of tables that it read as they lie. */
  ways: string[];
  rowsReturned: number;
  /** Of chat.message or its partitions, which have its name; those that a filter then left out included. */
  rowsRead: number;
  /** Of 8 KiB, in memory or not. */
  blocks: number;
  tookMs: number;
  faults: string[];
}

/** Whoever asks for a tenth of all rooms at once is answered faster by reading the small table as it lies. */
const roomsReadPerReturned = 10;
/** Deleted messages lie between others: twice what is returned, and a few, may be read. */
const readPerReturned = 2;
const readMore = 10;

/** In rows. */
export interface PlanLimits {
  /** Those of a page, or of a batch. */
  sorted: number;
  /** However few are returned. */
  read?: number | undefined;
}

export function judgePlan({ root, tookMs }: Plan, limits: PlanLimits): PlanVerdict {
  const nodes = flatten(root).filter((node) => loopsOf(node) > 0);
  const scans = nodes.filter((node) => node["Node Type"].endsWith("Scan"));
  const ofMessages = scans.filter((node) => node["Relation Name"] === "message");
  const rowsReturned = rowsOf(root);
  const rowsRead = ofMessages.reduce((sum, node) => sum + rowsReadBy(node), 0);
  const whole = scans.filter((node) => node["Node Type"] === "Seq Scan" && !isSmallPart(node, rowsReturned));
  const sorted = Math.max(0, ...nodes.filter((node) => node["Node Type"].endsWith("Sort")).map(rowsInto));
  const faults = whole.map((node) => `reads the whole of ${node["Relation Name"]}`);
  if (sorted > limits.sorted) faults.push(`sorts ${sorted} rows`);
  if (rowsRead > Math.max(rowsReturned * readPerReturned + readMore, limits.read ?? 0))
    faults.push(`reads ${rowsRead} rows for ${rowsReturned}`);
  return {
    ways: [...new Set(scans.map(wayOf).filter((way) => way !== undefined))],
    rowsReturned,
    rowsRead,
    blocks: (root["Shared Hit Blocks"] ?? 0) + (root["Shared Read Blocks"] ?? 0),
    tookMs,
    faults,
  };
}

/** Of a statement that did not come to its end: PostgreSQL logs no plan of one that took too long. */
export function unjudged(fault: string): PlanVerdict {
  return { ways: [], rowsReturned: 0, rowsRead: 0, blocks: 0, tookMs: Number.NaN, faults: [fault] };
}

function wayOf(node: PlanNode): string | undefined {
  return node["Node Type"] === "Seq Scan" ? `all of ${node["Relation Name"]}` : node["Index Name"];
}

function isSmallPart(node: PlanNode, rowsReturned: number): boolean {
  return node["Relation Name"] === "room" && rowsReadBy(node) <= rowsReturned * roomsReadPerReturned;
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function loopsOf(node: PlanNode): number {
  return node["Actual Loops"] ?? 0;
}

function rowsOf(node: PlanNode): number {
  return Math.round((node["Actual Rows"] ?? 0) * loopsOf(node));
}

/** A sort that keeps only the first rows has still been given all; what the statement makes beforehand is not its input. */
function rowsInto(node: PlanNode): number {
  const inputs = (node.Plans ?? []).filter((below) => below["Parent Relationship"] === "Outer");
  return inputs.reduce((sum, below) => sum + rowsOf(below), 0);
}

function rowsReadBy(node: PlanNode): number {
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return rowsOf(node) + Math.round(removed * loopsOf(node));
}
