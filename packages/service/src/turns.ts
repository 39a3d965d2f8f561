// Lets a few pieces of work run at once and a few more wait. It does not know what the work is.
import { Refusal } from "@parley/contracts";

export interface TurnsOptions {
  atOnceMax: number;
  waitingMax: number;
}

export interface Turns {
  /** @throws Refusal OVERLOADED at once when too many wait already; else what the work throws */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Work starts in the order of the calls. */
export function createTurns({ atOnceMax, waitingMax }: TurnsOptions): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < atOnceMax) {
      running++;
      return;
    }
    if (waiting.length >= waitingMax) throw new Refusal("OVERLOADED", "too many wait for their turn");
    // Whoever leaves hands its place on, so `running` stays.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
