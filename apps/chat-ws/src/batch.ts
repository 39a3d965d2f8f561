// Frames that leave together, as one buffer that is joined once for all who are sent the same. It must not know who.

/** One frame as it leaves: what is written for it, one after the other. */
export type Parts = readonly Buffer[];

/**
 * Frames in the order in which they were added: this one, behind those of `before`. Who adds the same buffer to the same
 * batch gets the same next batch, so that connections which are sent the same walk one path.
 */
export class Batch {
  readonly bytes: number;
  readonly #before: Batch | undefined;
  readonly #parts: Parts;
  #joined: Buffer | undefined;
  #latest: { frame: Buffer; batch: Batch } | undefined;
  #others: Map<Buffer, Batch> | undefined;

  constructor(before?: Batch, parts: Parts = []) {
    this.#before = before;
    this.#parts = parts;
    this.bytes = parts.reduce((bytes, part) => bytes + part.length, before?.bytes ?? 0);
  }

  with(frame: Buffer, encode: (frame: Buffer) => Parts): Batch {
    if (this.#latest?.frame === frame) return this.#latest.batch;
    let batch = this.#others?.get(frame);
    if (batch === undefined) {
      batch = new Batch(this, encode(frame));
      if (this.#latest) (this.#others ??= new Map()).set(this.#latest.frame, this.#latest.batch);
    }
    this.#latest = { frame, batch };
    return batch;
  }

  get octets(): Buffer {
    return (this.#joined ??= Batch.#join(this));
  }

  static #join(last: Batch): Buffer {
    const joined = Buffer.allocUnsafe(last.bytes);
    let end = last.bytes;
    for (let batch: Batch | undefined = last; batch; batch = batch.#before) {
      for (const part of batch.#parts.toReversed()) end -= part.copy(joined, end - part.length);
    }
    return joined;
  }
}
