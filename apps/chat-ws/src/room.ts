// One room that is open on this gateway: its position, who listens, what they were shown and what is still owed them.
// It decides who gets what and in which order (guarantee §2.3); it knows neither sockets nor the bus.
import type {
  ChangesAnswer,
  ChatMessagePubSub,
  ChatRejectedPubSub,
  ChatTimestampPubSub,
  Position,
  StoredMessage,
} from "@parley/contracts";
import { Arrivals } from "./arrivals.ts";
import { idOf, inOrder, partition, previewOf, shortOf, wholeOf } from "./bodies.ts";
import { Hold } from "./hold.ts";
import type { Audience, Body, RoomOutlets } from "./room-outlets.ts";
import { isGiven, Previews, type Preview } from "./previews.ts";

/** Events that may wait for their predecessors; beyond it they are dropped and fetched instead. */
const waitingMax = 10_000;
/** How long an event waits for its predecessors before they are fetched. */
const predecessorMs = 100;
/** Octets that healing gives every listener before it pauses: half of the smallest outbox. */
const healedBytesAtOnceMax = 65_536;
/** What a message has besides its content, roughly. */
const messageOverheadBytes = 400;

export class Room<L = unknown> {
  readonly roomId: string;
  readonly #outlets: RoomOutlets<L>;
  readonly #audience: Audience<L>;
  #position: Position | undefined;
  /** Listener → the place of the latest preview when it joined: it was given the later ones. */
  #listeners = new Map<L, number>();
  /** The place of the latest preview when somebody last joined. */
  #latestJoinedAt = 0;
  #previews = new Previews<L>();
  /** By changeSeq: a confirmation, or a message as it was changed. */
  #waiting = new Map<number, ChatTimestampPubSub | StoredMessage>();
  /** Refusals that tell of a stored message which is beyond the position. */
  #refusals: ChatRejectedPubSub[] = [];
  readonly #holds = new Set<Hold>();
  readonly #arrivals = new Arrivals();
  #reportedChangeSeq = 0;
  /** What was fetched is being delivered, up to this changeSeq: until it is, the position does not move. */
  #healingTo: number | undefined;

  constructor(roomId: string, outlets: RoomOutlets<L>) {
    this.roomId = roomId;
    this.#outlets = outlets;
    this.#audience = outlets.openAudience();
  }

  join(listener: L): void {
    this.#latestJoinedAt = this.#previews.place;
    this.#listeners.set(listener, this.#previews.place);
    this.#audience.join(listener);
  }

  /** Keeps what is confirmed from now on for a listener that has not joined yet. */
  hold(): Hold {
    const hold = new Hold();
    this.#holds.add(hold);
    return hold;
  }

  release(hold: Hold): void {
    this.#holds.delete(hold);
  }

  /**
   * Resolves once all up to here has been delivered or held, and nothing more is being healed; fetches what does not come
   * by itself. False if that takes longer than `withinMs`.
   */
  async reach(changeSeq: number, withinMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      if (!this.isHealing && (this.#position?.changeSeq ?? -1) >= changeSeq) return true;
      const arrived = this.#arrivals.wait(this.#healingTo ?? changeSeq, deadlineMs - performance.now());
      this.report(changeSeq, predecessorMs);
      if (!(await arrived)) return false;
    }
  }

  /** Whether what was fetched is being delivered. */
  get isHealing(): boolean {
    return this.#healingTo !== undefined;
  }

  /** Whether who has all up to this seq has all that was delivered here. */
  isLatest(seq: number): boolean {
    return !this.isHealing && this.#position?.seq === seq;
  }

  /** Gives one listener a stored message that others have already. */
  replay(listener: L, message: StoredMessage): void {
    this.#previews.markStored(message, this.#outlets.now());
    this.#audience.deliverTo([listener], idOf(message), message);
  }

  /** The seam of a replay: previews that still await their confirmation are given, then the listener is like any other. */
  joinAtSeam(listener: L): void {
    const nowMs = this.#outlets.now();
    for (const preview of this.#previews.pending()) {
      const { message } = preview;
      const body = previewOf(message, false);
      const isGivenNow =
        isGiven(preview, nowMs) &&
        !this.#previews.isStored(message) &&
        this.#audience.deliverTo([listener], `p.${message.via}`, body).length === 0;
      if (!isGivenNow) (preview.leftOut ??= new Set()).add(listener);
    }
    this.#listeners.set(listener, 0);
    this.#audience.join(listener);
  }

  leave(listener: L): void {
    if (this.#listeners.delete(listener)) this.#audience.leave(listener);
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /** Undefined until it is opened. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether there is more in the room than its listeners were given. */
  get isBehind(): boolean {
    return this.#waiting.size > 0 || this.#reportedChangeSeq > (this.#position?.changeSeq ?? Infinity);
  }

  /** The position was read after the bus subscription stood: what was held meanwhile is applied against it. */
  open(position: Position): void {
    this.#position = position;
    this.#drain();
  }

  /** Shows a message that is not stored yet; a repetition of one that was shown is suppressed. */
  preview(message: ChatMessagePubSub): void {
    const preview = this.#previews.add(message, this.#outlets.now());
    if (!preview) return;
    const leftOut = this.#audience.deliver(`p.${message.via}`, previewOf(message, false));
    if (leftOut.length > 0) preview.leftOut = new Set(leftOut);
  }

  /** A message was stored, or is confirmed again. */
  confirm(event: ChatTimestampPubSub): void {
    if (this.#position && event.changeSeq <= this.#position.changeSeq) return this.#repeat(event);
    this.#await(event);
  }

  /** A message was edited or deleted. */
  change(message: StoredMessage): void {
    if (this.#position && message.changeSeq <= this.#position.changeSeq) return;
    this.#await(message);
  }

  #await(event: ChatTimestampPubSub | StoredMessage): void {
    this.#reportedChangeSeq = Math.max(this.#reportedChangeSeq, event.changeSeq);
    if (this.#waiting.size >= waitingMax) this.#waiting.clear();
    this.#waiting.set(event.changeSeq, event);
    this.#drain();
  }

  /** A message will not be stored. CONFLICT: whoever was shown it again is given what holds its tempId. */
  reject(event: ChatRejectedPubSub): void {
    if (event.stored && event.stored.changeSeq > (this.#position?.changeSeq ?? 0)) {
      if (this.#refusals.length < waitingMax) this.#refusals.push(event);
      return this.report(event.stored.changeSeq, predecessorMs);
    }
    const preview = this.#previews.takeOf(event);
    if (!preview) return;
    this.#deliverToShown(preview, `r.${event.via}`, event.stored ?? previewOf(preview.message, true));
  }

  /** The room is known to have come this far; asks for healing if it does not come by itself. */
  report(changeSeq: number, waitMs: number): void {
    this.#reportedChangeSeq = Math.max(this.#reportedChangeSeq, changeSeq);
    if (this.#position && this.isBehind) this.#outlets.behind(this, waitMs);
  }

  /**
   * Takes over what was fetched: creations by `seq`, then changes of earlier messages by `changeSeq`. Pauses now and then,
   * so that readers can be given time to take it; what comes meanwhile waits.
   */
  *heal(answer: ChangesAnswer): Generator<void, void, void> {
    const from = this.#position;
    if (!from || answer.position.changeSeq <= from.changeSeq) return;
    if ("resync" in answer) {
      this.#position = answer.position;
      this.#previews.withdrawAll();
      for (const hold of this.#holds) hold.overflow();
      this.#outlets.resync(this.#listeners.keys(), answer.position);
    } else {
      this.#healingTo = answer.position.changeSeq;
      let bytes = 0;
      for (const message of inOrder(answer.changes, from)) {
        if (message.seq > from.seq) {
          this.#previews.take(message);
          this.#previews.markStored(message, this.#outlets.now());
        }
        this.#deliverWhole(message);
        bytes += Buffer.byteLength(message.content) + messageOverheadBytes;
        if (bytes < healedBytesAtOnceMax) continue;
        bytes = 0;
        yield;
      }
      this.#position = answer.position;
      this.#healingTo = undefined;
    }
    this.#drain();
  }

  /** Delivers what waits, as far as nothing is missing before it. */
  #drain(): void {
    if (!this.#position || this.#healingTo !== undefined) return;
    for (const [changeSeq, event] of this.#waiting) {
      if (changeSeq > this.#position.changeSeq) continue;
      this.#waiting.delete(changeSeq);
      if (!("content" in event)) this.#repeat(event);
    }
    for (let next = this.#next(); next; next = this.#next()) {
      if ("content" in next) this.#deliverWhole(next);
      else if (!this.#deliverCreation(next)) return this.#outlets.behind(this, 0);
      this.#waiting.delete(next.changeSeq);
      this.#position = { seq: Math.max(this.#position.seq, next.seq), changeSeq: next.changeSeq };
    }
    this.#arrive(this.#position.changeSeq);
    if (this.isBehind) this.#outlets.behind(this, predecessorMs);
  }

  /** What waited for the position to come this far. */
  #arrive(changeSeq: number): void {
    this.#arrivals.reached(changeSeq);
    if (this.#refusals.length === 0) return;
    const [tellable, early] = partition(this.#refusals, ({ stored }) => (stored?.changeSeq ?? 0) <= changeSeq);
    this.#refusals = early;
    for (const refusal of tellable) this.reject(refusal);
  }

  #next(): ChatTimestampPubSub | StoredMessage | undefined {
    return this.#waiting.get((this.#position?.changeSeq ?? 0) + 1);
  }

  /** The short form for those who have the preview, the whole message for the others. False: its body is not here. */
  #deliverCreation(event: ChatTimestampPubSub): boolean {
    if (event.stored) {
      this.#previews.take(event);
      this.#deliverWhole(event.stored);
      return true;
    }
    const preview = this.#previews.takeOf(event);
    if (!preview) return false;
    const whole = wholeOf(preview.message, event);
    const others = this.#deliverToShown(preview, `c.${event.via}`, shortOf(event));
    if (others.length > 0) this.#audience.deliverTo(others, `c.${event.via}`, whole);
    for (const hold of this.#holds) hold.add(whole);
    return true;
  }

  /** Confirmed before: only those who were shown the preview again need to hear. */
  #repeat(event: ChatTimestampPubSub): void {
    const preview = event.stored ? this.#previews.take(event) : this.#previews.takeOf(event);
    if (preview) this.#deliverToShown(preview, `c.${event.via}`, event.stored ?? shortOf(event));
  }

  #deliverWhole(message: StoredMessage): void {
    this.#audience.deliver(idOf(message), message);
    for (const hold of this.#holds) hold.add(message);
  }

  /** To those who were given the preview. Answers with those who were not. */
  #deliverToShown(preview: Preview<L>, messageId: string, body: Body): L[] {
    const isShown = isGiven(preview, this.#outlets.now());
    if (isShown && this.#latestJoinedAt < preview.place && !preview.leftOut) {
      this.#audience.deliver(messageId, body);
      return [];
    }
    const shown: L[] = [];
    const others: L[] = [];
    for (const [listener, joinedAt] of this.#listeners) {
      const wasShown = isShown && joinedAt < preview.place && !preview.leftOut?.has(listener);
      (wasShown ? shown : others).push(listener);
    }
    if (shown.length > 0) this.#audience.deliverTo(shown, messageId, body);
    return others;
  }
}
