// Slots of which a node said that they are not, or not wholly, with it: until their owner says otherwise.
import { isElsewhere } from "../redis-fault.ts";
import type { RedisServer } from "../redis-server.ts";
import { laneOf } from "./slots.ts";

export interface Unsettled {
  /** Notes the answer if it says such a thing. */
  note(name: string, error: unknown): boolean;
  has(slot: number): boolean;
  slots(): number[];
  /** Asks the owners again. Never rejects. */
  look(): Promise<void>;
}

export function createUnsettled(serverOf: (name: string) => RedisServer | undefined): Unsettled {
  /** The name that was refused, by slot. */
  const names = new Map<number, string>();
  let looking = false;

  /** A node that serves the slot answers what it would answer to a call about this name. */
  async function isSettled(name: string): Promise<boolean> {
    const server = serverOf(name);
    if (server === undefined || server.health.away() !== undefined) return false;
    return server.commands.exists(name).then(
      () => true,
      (error: unknown) => error instanceof Error && error.name === "ReplyError" && !isElsewhere(error),
    );
  }

  return {
    note(name, error) {
      if (!isElsewhere(error)) return false;
      names.set(laneOf(name).slot, name);
      return true;
    },
    has: (slot) => names.has(slot),
    slots: () => [...names.keys()],
    async look() {
      if (looking) return;
      looking = true;
      await Promise.all(
        [...names].map(async ([slot, name]) => {
          if ((await isSettled(name)) && names.get(slot) === name) names.delete(slot);
        }),
      );
      looking = false;
    },
  };
}
