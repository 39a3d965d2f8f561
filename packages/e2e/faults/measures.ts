// How fast a run was, second by second: latencies of receipts and previews, refusals, and when all was normal again.
import { percentile } from "../src/counting-reader.ts";
import type { Attempt, Life, Recording } from "./recording.ts";

/** What is normal: p99 of send → RECEIPT and of send → preview, in milliseconds, and nothing refused. */
const normal = { receiptMs: 500, previewMs: 200 };

interface Second {
  receiptsMs: number[];
  previewsMs: number[];
  refused: number;
  /** Sent and neither receipted nor refused. */
  open: number;
}

export interface Speed {
  receiptP50: number;
  receiptP99: number;
  previewP99: number;
  refused: number;
  open: number;
  sent: number;
}

/**
 * Messages count in the second in which they were sent first, previews in the one of the attempt before them, refusals
 * in the one in which they came.
 */
export class Timeline {
  readonly #seconds = new Map<number, Second>();

  constructor({ sends, lives, connections }: Recording) {
    const attemptsOf = new Map<string, Attempt[]>();
    for (const { tempId, attempts, receiptMs } of sends) {
      const atMs = attempts[0]?.atMs;
      if (atMs === undefined) continue;
      attemptsOf.set(tempId, attempts);
      const second = this.#at(atMs);
      if (receiptMs === undefined) second.open++;
      else second.receiptsMs.push(receiptMs - atMs);
      for (const { answer, answeredMs } of attempts)
        if (answer !== undefined && answer !== "RECEIPT") this.#at(answeredMs!).refused++;
    }
    for (const life of lives) {
      // Who left, or did not read, says nothing about speed.
      if (!connections[life.connection]!.isOurs) this.#addPreviews(life, attemptsOf);
    }
  }

  #addPreviews({ given, standsMs = Infinity }: Life, attemptsOf: Map<string, Attempt[]>): void {
    for (const item of given) {
      if (item.kind !== "preview") continue;
      const atMs = attemptsOf.get(item.tempId)?.findLast((attempt) => attempt.atMs <= item.atMs)?.atMs;
      // A subscription is also given what was pending when it began.
      if (atMs !== undefined && atMs > standsMs) this.#at(atMs).previewsMs.push(item.atMs - atMs);
    }
  }

  #at(atMs: number): Second {
    const key = Math.floor(atMs / 1_000);
    const second = this.#seconds.get(key) ?? { receiptsMs: [], previewsMs: [], refused: 0, open: 0 };
    this.#seconds.set(key, second);
    return second;
  }

  speed(fromMs: number, toMs: number): Speed {
    const seconds: Second[] = [];
    for (let key = Math.ceil(fromMs / 1_000); key < Math.floor(toMs / 1_000); key++) {
      const second = this.#seconds.get(key);
      if (second) seconds.push(second);
    }
    const receiptsMs = seconds.flatMap((second) => second.receiptsMs);
    const open = sum(seconds.map((second) => second.open));
    return {
      receiptP50: percentile(receiptsMs, 0.5),
      receiptP99: percentile(receiptsMs, 0.99),
      previewP99: percentile(
        seconds.flatMap((second) => second.previewsMs),
        0.99,
      ),
      refused: sum(seconds.map((second) => second.refused)),
      open,
      sent: receiptsMs.length + open,
    };
  }

  /**
   * How long after the fault the first window began that was normal from beginning to end; undefined if there was none.
   * In whole seconds.
   */
  normalAfterMs(faultEndMs: number, loadEndMs: number, windowMs: number): number | undefined {
    for (let atMs = faultEndMs; atMs + windowMs <= loadEndMs; atMs += 1_000) {
      const { receiptP99, previewP99, refused, open, sent } = this.speed(atMs, atMs + windowMs);
      const isFast = receiptP99 < normal.receiptMs && previewP99 < normal.previewMs;
      if (sent > 0 && isFast && refused === 0 && open === 0) return atMs - faultEndMs;
    }
    return undefined;
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
