// Which core processes run on. It must not know what they are.
import { constants, setPriority } from "node:os";
import { isPinned, pin } from "../src/cpu.ts";

export interface Placement {
  /** Whether servers share one core and whoever measures has the other. */
  isPinned: boolean;
  /** Also for what it starts from now on. */
  server(pid: number): void;
  ourselves(): void;
}

/** @param spread wherever the system puts them */
export function createPlacement(spread: boolean): Placement {
  const pins = isPinned && !spread;
  return {
    isPinned: pins,
    server(pid) {
      if (pins) pin(pid, 0);
      // Storing gives way to delivering, but here nothing delivers: only strangers on this machine would go first.
      try {
        setPriority(pid, constants.priority.PRIORITY_NORMAL);
      } catch {
        // Only root may.
      }
    },
    ourselves() {
      if (pins) pin(process.pid, 1);
    },
  };
}
