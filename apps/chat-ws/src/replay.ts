// SUBSCRIBE with `after`: one listener is given what the room holds beyond a seq, then goes live, without gap or
// repetition at the seam (guarantee §2.5, G-8). It knows neither STOMP nor the bus.
import { changesMax, Refusal, type Position, type StoredMessage } from "@parley/contracts";
import { inOrder } from "./bodies.ts";
import type { History } from "./history.ts";
import type { Hold } from "./hold.ts";
import type { Room } from "./room.ts";

/** Messages read at once. */
const pageMessages = 200;
/** How long the room may take to come as far as the pages did, in milliseconds. */
const seamMs = 5_000;

export interface ReplayOptions<L> {
  room: Room<L>;
  listener: L;
  /** The last seq that the listener has. */
  after: number;
  history: History;
  /** Behind by more than this it must load pages itself. */
  replayMessagesMax: number;
  /** Resolves when the listener has room for more. */
  untilReady: (listener: L) => Promise<void>;
  isGone: (listener: L) => boolean;
}

/**
 * Resolves once the listener is live, or gone. Answers with the position from which it is live if it could not be given
 * all: `after` is beyond what the room holds, or too far behind.
 * @throws Refusal UNAVAILABLE
 */
export async function replay<L>(options: ReplayOptions<L>): Promise<Position | undefined> {
  const { room } = options;
  const hold = room.hold();
  try {
    return (await giveAll(options, hold)) === "resync" ? goLive(options) : undefined;
  } finally {
    room.release(hold);
  }
}

/** Nothing was, or can be, given: from the room's position on it hears all. */
function goLive<L>({ room, listener, isGone }: ReplayOptions<L>): Position | undefined {
  if (isGone(listener)) return undefined;
  room.join(listener);
  return room.position;
}

async function giveAll<L>(options: ReplayOptions<L>, hold: Hold): Promise<"live" | "resync"> {
  const { room, listener, after, history, isGone } = options;
  const given = new Given(after);
  let isFirst = true;
  for (let hasMore = true; hasMore;) {
    const page = await history.messages(room.roomId, given.seq, pageMessages);
    if (isFirst && !isWithinReach(after, page.position, options.replayMessagesMax)) return "resync";
    if (isFirst) given.changeSeq = page.position.changeSeq;
    isFirst = false;
    given.snapshotChangeSeq = page.position.changeSeq;
    if (!(await give(options, page.messages, given))) return "live";
    hasMore = page.hasMore;
  }
  for (;;) {
    await reach(room, given.snapshotChangeSeq);
    if (hold.isOverflown) {
      hold.take(); // Holds anew, before the rest is read.
      const answer = await history.changes(room.roomId, given.changeSeq);
      if ("resync" in answer) return "resync";
      if (!(await give(options, inOrder(answer.changes, given), given))) return "live";
      given.changeSeq = given.snapshotChangeSeq = answer.position.changeSeq;
      continue;
    }
    const held = hold.take();
    if (held.length === 0) break;
    if (!(await give(options, held, given))) return "live";
  }
  // Nothing was awaited since the hold was found empty: what comes next is heard live.
  if (!isGone(listener)) room.joinAtSeam(listener);
  return "live";
}

/** What a listener was given: everything up to `seq`, in a state at least as new as `changeSeq`. */
class Given {
  seq: number;
  /** Of the first page: what changed later may have been read on an earlier page. */
  changeSeq = 0;
  /** The newest that any page could show. */
  snapshotChangeSeq = 0;
  /** Messages that were given in a newer state than `changeSeq`, by id. */
  readonly #newer = new Map<string, number>();

  constructor(after: number) {
    this.seq = after;
  }

  lacks({ id, seq, changeSeq }: StoredMessage): boolean {
    return seq > this.seq || changeSeq > Math.max(this.changeSeq, this.#newer.get(id) ?? 0);
  }

  add({ id, seq, changeSeq }: StoredMessage): void {
    this.seq = Math.max(this.seq, seq);
    if (changeSeq > this.changeSeq && this.#newer.size < changesMax) this.#newer.set(id, changeSeq);
  }
}

function isWithinReach(after: number, { seq }: Position, replayMessagesMax: number): boolean {
  return after <= seq && seq - after <= replayMessagesMax;
}

/** False if the listener has gone. */
async function give<L>(options: ReplayOptions<L>, messages: StoredMessage[], given: Given): Promise<boolean> {
  const { room, listener, untilReady, isGone } = options;
  for (const message of messages) {
    if (!given.lacks(message)) continue;
    await untilReady(listener);
    if (isGone(listener)) return false;
    room.replay(listener, message);
    given.add(message);
  }
  return !isGone(listener);
}

/** Until the room has come as far as the pages: what it delivers later must be news to the listener. */
async function reach<L>(room: Room<L>, changeSeq: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, seamMs, "late");
  });
  const outcome = await Promise.race([room.reach(changeSeq), late]);
  clearTimeout(timer);
  if (outcome === "late") throw new Refusal("UNAVAILABLE", "the room does not come as far as its history");
}
