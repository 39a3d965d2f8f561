// Octets that came in and were not read yet. It must not know what they mean.

const empty = Buffer.alloc(0);
const capacityBytesMin = 256;

/**
 * A chunk that meets no unread octets is read where it lies. Otherwise it is appended to a buffer that grows by doubling,
 * so that any split costs linear time. Octets once written are never overwritten: what was read may be kept.
 */
export class Unread {
  /** Valid from `position` to `end`; what lies behind is noise. */
  buffer: Buffer = empty;
  position = 0;
  end = 0;
  #growable = false;

  get length(): number {
    return this.end - this.position;
  }

  /** @param chunk must not be changed afterwards */
  push(chunk: Buffer): void {
    if (this.position === this.end) {
      this.buffer = chunk;
      this.position = 0;
      this.end = chunk.length;
      this.#growable = false;
      return;
    }
    if (!this.#growable || this.end + chunk.length > this.buffer.length) this.#grow(this.length + chunk.length);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  drop(): void {
    this.buffer = empty;
    this.position = 0;
    this.end = 0;
  }

  /** Moves what is unread into a buffer with room for twice what is needed now. */
  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(capacityBytesMin, 2 * bytes));
    this.end = this.buffer.copy(grown, 0, this.position, this.end);
    this.position = 0;
    this.buffer = grown;
    this.#growable = true;
  }
}
