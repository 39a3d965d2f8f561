// Who waits for a room to come as far as a changeSeq. It must not know what for.

export class Arrivals {
  readonly #waiting = new Set<{ changeSeq: number; end: (isReached: boolean) => void }>();

  /** Resolves when the room has come so far; false if it has not within `withinMs`. */
  wait(changeSeq: number, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter = {
        changeSeq,
        end: (isReached: boolean) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(isReached);
        },
      };
      const timer = setTimeout(waiter.end, withinMs, false);
      this.#waiting.add(waiter);
    });
  }

  reached(changeSeq: number): void {
    for (const waiter of this.#waiting) if (waiter.changeSeq <= changeSeq) waiter.end(true);
  }
}
