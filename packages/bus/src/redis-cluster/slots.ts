// Where Redis Cluster puts a name. It must not know who has the slots.
import calculateSlot from "cluster-key-slot";
import type { Lane } from "../redis-lane.ts";

export const slotCount = 16_384;

/** The operations of one slot, and of one kind of topics within it. */
export interface SlotLane extends Lane {
  readonly slot: number;
}

/** By slot, at first those of names with a hash tag, then the others; each made when it is first needed. */
const lanes: SlotLane[] = [];

/** Topics with a hash tag are heard in their shard only, those without by whoever asks any node for them. */
export function laneOf(name: string): SlotLane {
  const slot = calculateSlot(name);
  const isSharded = hasHashTag(name);
  return (lanes[isSharded ? slot : slotCount + slot] ??= { slot, publish: isSharded ? "SPUBLISH" : "PUBLISH" });
}

/** Those of a slot that were needed so far: two at most. */
export function lanesOf(slot: number): SlotLane[] {
  return [lanes[slot], lanes[slotCount + slot]].filter((lane) => lane !== undefined);
}

/** Something in the first pair of braces: only that is hashed. */
function hasHashTag(name: string): boolean {
  const start = name.indexOf("{");
  return start >= 0 && name.indexOf("}", start) > start + 1;
}
