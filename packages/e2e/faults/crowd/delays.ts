// Millions of delays in little memory: counted by the millisecond.
import type { Delays } from "./messages.ts";

/** Longer ones count as this. */
const msMax = 60_000;

export class DelayCounts {
  readonly #counts = new Uint32Array(msMax + 1);

  add(ms: number): void {
    this.#counts[Math.max(0, Math.min(msMax, Math.ceil(ms)))]!++;
  }

  clear(): void {
    this.#counts.fill(0);
  }

  read(): Delays {
    const count = this.#counts.reduce((sum, one) => sum + one, 0);
    return { count, p50: this.#quantile(count * 0.5), p99: this.#quantile(count * 0.99), most: this.#quantile(count) };
  }

  /** The first millisecond up to which so many are. */
  #quantile(wanted: number): number {
    let sum = 0;
    for (let ms = 0; ms <= msMax; ms++) {
      sum += this.#counts[ms]!;
      if (sum > 0 && sum >= wanted) return ms;
    }
    return 0;
  }
}
