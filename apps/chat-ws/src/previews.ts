// The previews of one room that await their confirmation, with their bodies, and since when each was shown.
import type { ChatMessagePubSub, StoredMessage } from "@parley/contracts";

/** Bodies kept per room; beyond it the oldest goes, and its confirmation is fetched instead. */
const previewsMax = 10_000;
/** Clients drop a preview after 30 s; one older than this counts as not given (contracts §1). */
const givenMs = 20_000;
/** Messages that are remembered as stored, and for how long, so that a preview which comes late is not shown. */
const storedMax = 1_000;
const storedMs = 30_000;

export interface Preview<L> {
  message: ChatMessagePubSub;
  /** The attempts that had this content: a confirmation of another one says nothing of it. */
  vias: Set<string>;
  /** Its place among the room's previews: subscriptions that joined before it were given it. */
  place: number;
  shownAtMs: number;
  /** Listeners that were not given it: too far behind, or they have the message. */
  leftOut?: Set<L>;
}

export class Previews<L> {
  #pending = new Map<string, Preview<L>>();
  /** When each was given as stored, the earliest first. */
  readonly #stored = new Map<string, number>();
  #place = 0;

  /** The place of the latest preview. */
  get place(): number {
    return this.#place;
  }

  /**
   * Keeps a preview to be shown now; undefined if it is a repetition of one that was shown, or of a message that was
   * given as stored before its preview came.
   */
  add(message: ChatMessagePubSub, nowMs: number): Preview<L> | undefined {
    const key = keyOf(message);
    const known = this.#pending.get(key);
    const vias = known?.message.content === message.content ? known.vias.add(message.via) : new Set([message.via]);
    if (known && isGiven(known, nowMs)) return undefined;
    this.#forgetStored(nowMs);
    const isLate = this.#stored.has(key);
    this.#pending.delete(key);
    if (this.#pending.size >= previewsMax) this.#pending.delete(this.#pending.keys().next().value ?? "");
    const preview: Preview<L> = { message, vias, place: ++this.#place, shownAtMs: isLate ? -Infinity : nowMs };
    this.#pending.set(key, preview);
    return isLate ? undefined : preview;
  }

  /** It was given as stored, although its confirmation may not have come yet. */
  markStored(message: StoredMessage, nowMs: number): void {
    const key = keyOf(message);
    this.#stored.delete(key);
    this.#stored.set(key, nowMs);
    this.#forgetStored(nowMs);
  }

  #forgetStored(nowMs: number): void {
    for (const [key, atMs] of this.#stored) {
      if (this.#stored.size <= storedMax && nowMs - atMs < storedMs) return;
      this.#stored.delete(key);
    }
  }

  isStored(message: ChatMessagePubSub): boolean {
    return this.#stored.has(keyOf(message));
  }

  /** The preview of an attempt, if it is what was shown. */
  takeOf(event: { sender: string; tempId: string; via: string }): Preview<L> | undefined {
    return this.#pending.get(keyOf(event))?.vias.has(event.via) ? this.take(event) : undefined;
  }

  /** The preview of a message, whichever attempt it shows. */
  take(message: { sender: string; tempId: string }): Preview<L> | undefined {
    const key = keyOf(message);
    const preview = this.#pending.get(key);
    this.#pending.delete(key);
    return preview;
  }

  /** In the order in which they were shown. */
  pending(): Iterable<Preview<L>> {
    return this.#pending.values();
  }

  /** Counts all as not given: clients dropped them. The bodies stay. */
  withdrawAll(): void {
    for (const preview of this.#pending.values()) preview.shownAtMs = -Infinity;
  }
}

export function isGiven(preview: Preview<unknown>, nowMs: number): boolean {
  return nowMs - preview.shownAtMs < givenMs;
}

function keyOf({ sender, tempId }: { sender: string; tempId: string }): string {
  return `${sender}\n${tempId}`;
}
