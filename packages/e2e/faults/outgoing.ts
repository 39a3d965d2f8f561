// What a client has sent and not been receipted: repeated with the same tempId, in each room in the original order.
import { destinations } from "@parley/contracts";
import { backOffMs } from "./back-off.ts";
import { formatFrame } from "./frames.ts";
import type { Attempt, SentMessage } from "./recording.ts";

interface Pending {
  message: SentMessage;
  /** Under way on the present connection. */
  attempt?: Attempt | undefined;
}

interface Lane {
  pending: Pending[];
  refusals: number;
  /** While it runs nothing is sent to the room. */
  pause?: NodeJS.Timeout | undefined;
}

interface Link {
  connection: number;
  frames: number;
  write(frame: string): void;
}

export class Outgoing {
  readonly #random: () => number;
  readonly #receipted: (message: SentMessage) => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #byReceipt = new Map<string, { lane: Lane; item: Pending; attempt: Attempt }>();
  #link: Link | undefined;

  constructor(random: () => number, receipted: (message: SentMessage) => void) {
    this.#random = random;
    this.#receipted = receipted;
  }

  send(message: SentMessage): void {
    let lane = this.#lanes.get(message.roomId);
    if (!lane) this.#lanes.set(message.roomId, (lane = { pending: [], refusals: 0 }));
    lane.pending.push({ message });
    if (!lane.pause) this.#transmit(lane);
  }

  get unreceipted(): number {
    let count = 0;
    for (const { pending } of this.#lanes.values()) count += pending.length;
    return count;
  }

  /** A connection stands: everything un-receipted is said again on it, before anything new. */
  connected(connection: number, write: (frame: string) => void): void {
    this.#link = { connection, frames: 0, write };
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.pause);
      lane.pause = undefined;
      this.#transmit(lane);
    }
  }

  disconnected(): void {
    this.#link = undefined;
    this.#byReceipt.clear();
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.pause);
      lane.pause = undefined;
      for (const item of lane.pending) item.attempt = undefined;
    }
  }

  receipt(receiptId: string): void {
    const known = this.#take(receiptId, "RECEIPT");
    if (!known) return;
    known.lane.refusals = 0;
    this.#drop(known.lane, known.item);
    const { message } = known.item;
    if (message.receiptMs !== undefined) return; // It was said again although it had one.
    message.receiptMs = known.attempt.answeredMs!;
    this.#receipted(message);
  }

  refused(receiptId: string, { code, retryable, retryAfterMs = 0 }: Refused): void {
    const known = this.#take(receiptId, code);
    if (!known) return;
    const { lane, item } = known;
    if (!retryable) {
      item.message.refusedForGood = code;
      return this.#drop(lane, item);
    }
    item.attempt = undefined;
    if (lane.pause) return;
    lane.refusals++;
    const waitMs = Math.max(retryAfterMs, backOffMs(lane.refusals, this.#random));
    lane.pause = setTimeout(() => {
      lane.pause = undefined;
      this.#transmit(lane);
    }, waitMs);
  }

  #take(receiptId: string, answer: string) {
    const known = this.#byReceipt.get(receiptId);
    if (!known) return undefined;
    this.#byReceipt.delete(receiptId);
    known.attempt.answeredMs = performance.now();
    known.attempt.answer = answer;
    return known;
  }

  #drop(lane: Lane, item: Pending): void {
    const at = lane.pending.indexOf(item);
    if (at >= 0) lane.pending.splice(at, 1);
  }

  #transmit(lane: Lane): void {
    const link = this.#link;
    if (!link) return;
    for (const item of lane.pending) {
      if (item.attempt) continue;
      const { roomId, tempId, content } = item.message;
      const attempt: Attempt = { connection: link.connection, frame: ++link.frames, atMs: performance.now() };
      item.attempt = attempt;
      item.message.attempts.push(attempt);
      const receipt = `m${link.frames}`;
      this.#byReceipt.set(receipt, { lane, item, attempt });
      const body = JSON.stringify({ roomId, tempId, content });
      link.write(formatFrame("SEND", { destination: destinations.chat, receipt }, body));
    }
  }
}

export interface Refused {
  code: string;
  retryable: boolean;
  retryAfterMs?: number | undefined;
}
