// Whether a room's rows are what was receipted: every message exactly once, each sender's in the order in which they were
// sent, under the numbers 1, 2, 3, … It must not know where rows come from.
import { readTempId } from "./generator/body.ts";
import type { Faults } from "./generator/checker.ts";

export interface StoredFaults extends Faults {
  /** Rows whose `seq` is not that of the row before plus one, and rooms whose last `seq` is not that of their last row. */
  holes: number;
}

export class StoredChecker {
  /** By sender: which of its messages have been found. */
  readonly #found: Uint8Array[];
  readonly #faults: StoredFaults = { lost: 0, doubled: 0, swapped: 0, holes: 0 };

  /** @param sent how many messages each sender has sent and been given a RECEIPT for */
  constructor(sent: readonly number[]) {
    this.#found = sent.map((count) => new Uint8Array(count));
  }

  /** @param rows of one room, by `seq`, all of them */
  addRoom(rows: Iterable<{ seq: number; tempId: string }>, lastSeq: number): void {
    const last = new Map<number, number>();
    let previous = 0;
    for (const { seq, tempId } of rows) {
      const { publisher, number } = readTempId(tempId);
      const found = this.#found[publisher];
      // What nobody sent can only be a copy of something.
      if (!found || number >= found.length || found[number] === 1) this.#faults.doubled++;
      else found[number] = 1;
      if (number < (last.get(publisher) ?? -1)) this.#faults.swapped++;
      last.set(publisher, number);
      if (seq !== previous + 1) this.#faults.holes++;
      previous = seq;
    }
    if (previous !== lastSeq) this.#faults.holes++;
  }

  /** To be called once all rooms have been added. */
  finish(): StoredFaults {
    let lost = 0;
    for (const found of this.#found) for (const one of found) lost += 1 - one;
    return { ...this.#faults, lost };
  }
}
