// Whether every subscriber was given every message of every publisher once and in its order.

export interface Faults {
  lost: number;
  doubled: number;
  /** Later than one that was published after it. */
  swapped: number;
}

export class Checker {
  readonly #published: number[];
  /** Subscriber × publisher of its room: the number of the next message. */
  readonly #next: Map<number, number>[];
  /** Numbers that were passed over, and may yet come. */
  readonly #missing: Set<string> = new Set();
  #faults: Faults = { lost: 0, doubled: 0, swapped: 0 };

  constructor(publishers: number, subscribers: number) {
    this.#published = Array.from({ length: publishers }, () => 0);
    this.#next = Array.from({ length: subscribers }, () => new Map<number, number>());
  }

  /** The number of the publisher's next message, from 0. */
  publish(publisher: number): number {
    return this.#published[publisher]!++;
  }

  /** This subscriber is in the publisher's room, from its first message on. */
  expect(subscriber: number, publisher: number): void {
    this.#next[subscriber]!.set(publisher, 0);
  }

  deliver(subscriber: number, publisher: number, number: number): void {
    const next = this.#next[subscriber]!.get(publisher) ?? 0;
    if (number === next) {
      this.#next[subscriber]!.set(publisher, next + 1);
      return;
    }
    this.#deliverOutOfTurn(subscriber, publisher, number, next);
  }

  #deliverOutOfTurn(subscriber: number, publisher: number, number: number, next: number): void {
    const key = (missing: number) => `${subscriber} ${publisher} ${missing}`;
    if (number > next) {
      for (let missing = next; missing < number; missing++) this.#missing.add(key(missing));
      this.#next[subscriber]!.set(publisher, number + 1);
    } else if (this.#missing.delete(key(number))) this.#faults.swapped++;
    else this.#faults.doubled++;
  }

  /** Whether all that was published has come, or been passed over. */
  get isComplete(): boolean {
    return this.#next.every((row) => [...row].every(([publisher, next]) => next >= this.#published[publisher]!));
  }

  /** To be called when nothing more will come. */
  finish(): Faults {
    let lost = this.#missing.size;
    for (const row of this.#next) for (const [publisher, next] of row) lost += this.#published[publisher]! - next;
    return { ...this.#faults, lost };
  }
}
