// A token bucket: so many at once, so many a second. It must not know what they are, or whose clock it is.

/** Milliseconds that sums of fractions may be off by. */
const rounding = 1e-6;

export class Bucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  #atMs: number;

  /** Starts full. @param burst how many it holds */
  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#atMs = nowMs;
  }

  /** Takes one: 0. If there is none: in how many milliseconds there will be. */
  take(nowMs: number): number {
    const waitMs = this.wait(nowMs);
    if (waitMs === 0) this.#level--;
    return waitMs;
  }

  /** In how many milliseconds there is one to take. */
  wait(nowMs: number): number {
    this.#fill(nowMs);
    return Math.max(0, Math.ceil(((1 - this.#level) * 1_000) / this.#perSecond - rounding));
  }

  /** Takes as many as were used elsewhere; what is missing has to be made up for, `burst` at most. */
  spend(count: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#level = Math.max(this.#level - count, -this.#burst);
  }

  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#level === this.#burst;
  }

  #fill(nowMs: number): void {
    this.#level = Math.min(this.#burst, this.#level + ((nowMs - this.#atMs) * this.#perSecond) / 1_000);
    this.#atMs = nowMs;
  }
}
