// The frames that wait for their COMMIT. It must not know what they do.
import { Fault } from "./fault.ts";
import type { Frame } from "./frame.ts";
import type { Limits } from "./limits.ts";

interface Transaction {
  frames: Frame[];
  bytes: number;
}

/** All methods throw Faults. An id may be used again after its end. */
export class Transactions {
  readonly #limits: Limits;
  readonly #open = new Map<string, Transaction>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  begin(id: string): void {
    if (this.#open.has(id)) throw new Fault("PROTOCOL", "BEGIN of an open transaction");
    if (this.#open.size >= this.#limits.transactionsMax) throw new Fault("TOO_MANY", "transactions");
    this.#open.set(id, { frames: [], bytes: 0 });
  }

  add(id: string, frame: Frame): void {
    const transaction = this.#find(id);
    if (transaction.frames.length >= this.#limits.transactionFramesMax) throw new Fault("TOO_MANY", "frames");
    transaction.bytes += frameBytes(frame);
    if (transaction.bytes > this.#limits.transactionBytesMax) throw new Fault("TOO_LARGE", "transaction");
    // A copy: the view would keep the whole chunk that the frame came in.
    transaction.frames.push({ ...frame, body: Buffer.from(frame.body) });
  }

  /** Ends the transaction; its frames in the order in which they came. */
  take(id: string): Frame[] {
    const { frames } = this.#find(id);
    this.#open.delete(id);
    return frames;
  }

  /** Aborts them all. */
  clear(): void {
    this.#open.clear();
  }

  #find(id: string): Transaction {
    const transaction = this.#open.get(id);
    if (transaction === undefined) throw new Fault("PROTOCOL", "unknown transaction");
    return transaction;
  }
}

function frameBytes({ headers, body }: Frame): number {
  let bytes = body.length;
  for (const [name, value] of headers) bytes += name.length + value.length;
  return bytes;
}
