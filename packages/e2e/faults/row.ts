// What a fault is, to the suite: one row of faults.md.
import type { Load, LoadOptions } from "./load.ts";
import type { Timeline } from "./measures.ts";
import type { Stack, StackOptions } from "./stack.ts";

/** One figure beside its bound, or a remark. */
export interface Fact {
  text: string;
  /** False: the bound was missed. */
  isMet?: boolean;
}

export interface RowContext {
  stack: Stack;
  load: Load;
  random: () => number;
  /** How often the row does what it does. */
  rounds: number;
  /** How long something of so many seconds lasts in this run, in milliseconds. */
  lastingMs: (seconds: number) => number;
  /** Times of the fault; a row may set them itself, else they are those of `run`. */
  fault: { startMs: number; endMs: number };
  tell: (line: string) => void;
  fact: (text: string) => void;
  /** @param bound in the same unit as the value; below it, or at it, is met */
  bound: (what: string, value: number | undefined, bound: number, unit: string) => void;
}

/** Once the run is over. */
export interface Aftermath extends RowContext {
  timeline: Timeline;
  loadStartMs: number;
  loadEndMs: number;
}

export interface Row {
  id: string;
  title: string;
  rounds: number;
  needsRoot?: boolean;
  /** Takes hours: only if it is asked for, once, and for as long as is asked for. */
  isSoak?: boolean;
  /** Whether Redis may lose what was not receipted. */
  losesLog?: boolean;
  /** BTN bound in milliseconds, if it has one. */
  normalWithinMs?: number;
  load?: Partial<LoadOptions>;
  /** A row with a stack of its own gets a fresh one; others share one while it is healthy. */
  openStack?(): Promise<Partial<StackOptions> & { release?: () => Promise<void> }>;
  run(context: RowContext): Promise<void>;
  judge?(context: Aftermath): Promise<void> | void;
}
