// What one turn of the event loop holds for a connection leaves in one write, and connections that hold the same share
// its octets. It must not know what the octets mean.

/** One frame as it leaves: what is written for it, one after the other. */
type Parts = readonly Buffer[];

/** More octets than this do not wait for the end of the turn. */
const batchBytesMax = 65_536;

/**
 * Frames in the order in which they were added: this one, behind those of `before`. Who adds the same buffer to the same
 * batch gets the same next batch, so that a thousand subscribers of a room walk one path, and it is joined once.
 */
class Batch {
  readonly bytes: number;
  readonly #before: Batch | undefined;
  readonly #parts: Parts;
  #joined: Buffer | undefined;
  #latest: { frame: Buffer; batch: Batch } | undefined;
  #others: Map<Buffer, Batch> | undefined;

  constructor(before: Batch | undefined, parts: Parts) {
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

/** The end of one connection into which frames go. */
export interface Outlet {
  /** @param frame must not be changed; the same buffer for many connections is encoded once */
  add(frame: Buffer): void;
  /** Octets that wait for the end of the turn. */
  readonly waitingBytes: number;
  /** Writes what waits, now. */
  flush(): void;
}

/** @param encode what is written for a frame; the same for all connections */
export function createTurn(encode: (frame: Buffer) => Parts): (write: (octets: Buffer) => void) => Outlet {
  let nothing = new Batch(undefined, []);
  let due: Outlet[] = [];

  function end() {
    const outlets = due;
    due = [];
    nothing = new Batch(undefined, []);
    for (const outlet of outlets) outlet.flush();
  }

  return (write) => {
    let batch: Batch | undefined;
    const outlet: Outlet = {
      add(frame) {
        if (batch === undefined) {
          // The check phase follows all that this turn reads from its sockets.
          if (due.length === 0) setImmediate(end);
          due.push(outlet);
        }
        batch = (batch ?? nothing).with(frame, encode);
        if (batch.bytes > batchBytesMax) outlet.flush();
      },
      get waitingBytes() {
        return batch?.bytes ?? 0;
      },
      flush() {
        if (batch === undefined) return;
        const { octets } = batch;
        batch = undefined;
        write(octets);
      },
    };
    return outlet;
  };
}
