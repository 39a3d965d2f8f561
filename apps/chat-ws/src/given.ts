// What one listener was given of a room by a replay. It must not know where it came from.
import type { StoredMessage } from "@parley/contracts";

/** Everything up to `seq`, in a state at least as new as `changeSeq`. */
export class Given {
  seq: number;
  changeSeq = 0;
  /** Messages that were given in a newer state than `changeSeq`, by id. */
  readonly #newer = new Map<string, number>();

  constructor(after: number) {
    this.seq = after;
  }

  lacks({ id, seq, changeSeq }: StoredMessage): boolean {
    return seq > this.seq || changeSeq > Math.max(this.changeSeq, this.#newer.get(id) ?? 0);
  }

  add({ id, seq, changeSeq }: StoredMessage): void {
    this.seq = Math.max(this.seq, seq);
    if (changeSeq > this.changeSeq) this.#newer.set(id, changeSeq);
  }

  /** All states up to this one were given. */
  advance(changeSeq: number): void {
    this.changeSeq = Math.max(this.changeSeq, changeSeq);
    for (const [id, newer] of this.#newer) if (newer <= this.changeSeq) this.#newer.delete(id);
  }
}
