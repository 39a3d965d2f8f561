// A queue in memory: each message to one consumer, and to another if the first does not acknowledge it. It must not know
// frames.
import type { Subscription } from "@parley/stomp";

export interface LabMessage {
  messageId: string;
  contentType: string | undefined;
  headers: [name: string, value: string][];
  body: Buffer;
}

export type Consumer = Subscription<string>;

/** A message, and who will not be given it again. */
interface Entry {
  message: LabMessage;
  refusedBy: Set<Consumer>;
}

/** Messages that one consumer may have without acknowledging them. */
const prefetchMax = 100;

export class LabQueue {
  /** The one whose turn it is first. */
  #consumers: Consumer[] = [];
  #waiting: Entry[] = [];
  readonly #unacknowledged = new Map<Consumer, Map<string, Entry>>();

  /** Nobody would miss it. */
  get isEmpty(): boolean {
    return this.#consumers.length === 0 && this.#waiting.length === 0;
  }

  get length(): number {
    return this.#waiting.length;
  }

  add(message: LabMessage): void {
    this.#waiting.push({ message, refusedBy: new Set() });
    this.#dispatch();
  }

  join(consumer: Consumer): void {
    this.#consumers.push(consumer);
    this.#unacknowledged.set(consumer, new Map());
    queueMicrotask(() => this.#dispatch()); // Behind the RECEIPT of the SUBSCRIBE.
  }

  /** What it had not acknowledged goes to others, ahead of what came later. */
  leave(consumer: Consumer): void {
    this.#consumers = this.#consumers.filter((other) => other !== consumer);
    this.#putBack([...(this.#unacknowledged.get(consumer)?.values() ?? [])]);
    this.#unacknowledged.delete(consumer);
    this.#dispatch();
  }

  /** @param positive false: for somebody else, who may still have to come */
  acknowledged(consumer: Consumer, messageIds: string[], positive: boolean): void {
    const unacknowledged = this.#unacknowledged.get(consumer);
    const entries = messageIds
      .map((messageId) => unacknowledged?.get(messageId))
      .filter((entry) => entry !== undefined);
    for (const messageId of messageIds) unacknowledged?.delete(messageId);
    if (!positive) {
      for (const { refusedBy } of entries) refusedBy.add(consumer);
      this.#putBack(entries);
    }
    this.#dispatch();
  }

  #putBack(entries: Entry[]): void {
    this.#waiting.unshift(...entries);
  }

  /** Gives what waits to whoever may have it, the oldest first. */
  #dispatch(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const entry of waiting) if (!this.#give(entry)) this.#waiting.push(entry);
  }

  #give(entry: Entry): boolean {
    const consumer = this.#consumers.find(
      (candidate) => !entry.refusedBy.has(candidate) && (this.#unacknowledged.get(candidate)?.size ?? 0) < prefetchMax,
    );
    if (!consumer) return false;
    this.#consumers = [...this.#consumers.filter((other) => other !== consumer), consumer];
    if (consumer.ack !== "auto") this.#unacknowledged.get(consumer)?.set(entry.message.messageId, entry);
    consumer.session.message(consumer, entry.message);
    return true;
  }
}
