// One direction of a long way: what is put in comes out later, in the same order. It must not know what it carries.

export interface Latency {
  ms: number;
  /** Either way. */
  jitterMs: number;
}

/** Beyond it the sender should wait. */
const underWayMax = 512;

export class LongWay<T> {
  readonly #latency: () => Latency | undefined;
  readonly #arrive: (item: T) => void;
  readonly #underWay: { item: T; atMs: number }[] = [];
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param latency asked at each item; undefined: nothing waits, but behind what does */
  constructor(latency: () => Latency | undefined, arrive: (item: T) => void) {
    this.#latency = latency;
    this.#arrive = arrive;
  }

  get isFull(): boolean {
    return this.#underWay.length >= underWayMax;
  }

  put(item: T): void {
    const latency = this.#latency();
    if (!latency && this.#underWay.length === 0) return this.#arrive(item);
    const waitMs = latency ? latency.ms + latency.jitterMs * (2 * Math.random() - 1) : 0;
    this.#lastMs = Math.max(this.#lastMs, performance.now() + waitMs);
    this.#underWay.push({ item, atMs: this.#lastMs });
    this.#schedule();
  }

  /** What is under way never arrives. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#underWay.length = 0;
  }

  #schedule(): void {
    const [next] = this.#underWay;
    if (next) this.#timer ??= setTimeout(() => this.#arrived(), Math.max(0, next.atMs - performance.now()));
  }

  #arrived(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    while (this.#underWay[0] && this.#underWay[0].atMs <= nowMs) this.#arrive(this.#underWay.shift()!.item);
    this.#schedule();
  }
}
