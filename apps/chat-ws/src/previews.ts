// The previews of one room that await their confirmation, with their bodies, and since when each was shown.
import type { ChatMessagePubSub, StoredMessage } from "@parley/contracts";

/** Bodies kept per room; beyond it the oldest goes, and its confirmation is fetched instead. */
const previewsMax = 10_000;
/** Clients drop a preview after 30 s; one older than this counts as not given (contracts §1). */
const givenMs = 20_000;

/** Messages that are remembered as stored, so that a preview which comes late is not shown: the latest of a room. */
const storedMax = 1_000;

export interface Preview<L> {
  message: ChatMessagePubSub;
  /** Its place among the room's previews: subscriptions that joined before it were given it. */
  place: number;
  shownAtMs: number;
  /** Listeners that were not given it: too far behind, or they have the message. */
  leftOut?: Set<L>;
}

export class Previews<L> {
  #pending = new Map<string, Preview<L>>();
  readonly #stored = new Set<string>();
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
    if (known && isGiven(known, nowMs)) return undefined;
    const isLate = this.#stored.has(key);
    this.#pending.delete(key);
    if (this.#pending.size >= previewsMax) this.#pending.delete(this.#pending.keys().next().value ?? "");
    const preview: Preview<L> = { message, place: ++this.#place, shownAtMs: isLate ? -Infinity : nowMs };
    this.#pending.set(key, preview);
    return isLate ? undefined : preview;
  }

  /** It was given as stored, although its confirmation may not have come yet. */
  markStored(message: StoredMessage): void {
    const key = keyOf(message);
    this.#stored.delete(key);
    if (this.#stored.size >= storedMax) this.#stored.delete(this.#stored.values().next().value ?? "");
    this.#stored.add(key);
  }

  isStored(message: ChatMessagePubSub): boolean {
    return this.#stored.has(keyOf(message));
  }

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
