// SUBSCRIBE with `after`: one listener is given what the room holds beyond a seq, then goes live, without gap or
// repetition at the seam (guarantee §2.5, G-8). It knows neither STOMP nor the bus.
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal, type Position, type StoredMessage } from "@parley/contracts";
import { inOrder } from "./bodies.ts";
import { Given } from "./given.ts";
import type { History } from "./history.ts";
import type { Hold } from "./hold.ts";
import type { Room } from "./room.ts";

/** Messages read at once; chat-history bounds their octets. */
const pageMessages = 200;
/** How long the room may take to come as far as the pages did, in milliseconds. */
const seamMs = 10_000;
/** How long chat-history may be away, and how often it is asked meanwhile, in milliseconds. */
const awayMsMax = 10_000;
const retryMs = 500;

export interface ReplayOptions<L> {
  room: Room<L>;
  listener: L;
  /** The last seq that the listener has. */
  after: number;
  history: History;
  /** Behind by more than this it must load pages itself. */
  replayMessagesMax: number;
  /** Resolves when the listener has room for more. @throws Refusal if it is to be sent away instead */
  untilReady: (listener: L) => Promise<void>;
  isGone: (listener: L) => boolean;
}

/**
 * Resolves once the listener is live, or gone. Answers with the position from which it is live if it could not be given
 * all: `after` is beyond what the room holds, or too far behind.
 * @throws Refusal UNAVAILABLE or OVERLOADED
 */
export async function replay<L>(options: ReplayOptions<L>): Promise<Position | undefined> {
  const { room, listener, after, isGone } = options;
  // Who has all that was delivered here needs nothing but what comes.
  if (room.isLatest(after)) {
    joinAtSeam(options);
    return undefined;
  }
  const hold = room.hold();
  try {
    const given = new Given(after);
    const isWithinReach = ({ seq }: Position) => after <= seq && seq - after <= options.replayMessagesMax;
    const ended = (await givePages(options, given, isWithinReach)) ?? (await giveHeld(options, given, hold));
    if (ended !== "resync") return undefined;
  } finally {
    room.release(hold);
  }
  // What it lacks it has to load itself. Told in the middle of healing, the position would be behind what was delivered.
  do await reach(room, room.position?.changeSeq ?? 0);
  while (room.isHealing);
  if (isGone(listener)) return undefined;
  room.join(listener);
  return room.position;
}

/** How a part of a replay ended; undefined: it is to go on. */
type Ended = "live" | "gone" | "resync" | undefined;

/**
 * Messages by `seq`, to the end of what is stored; then the room has come as far. Later pages do not show what changes
 * meanwhile in messages of earlier ones: what was given is as new as the first page's position, no newer.
 * @param isWithinReach asked of the position of the first page of all
 */
async function givePages<L>(
  options: ReplayOptions<L>,
  given: Given,
  isWithinReach?: (position: Position) => boolean,
): Promise<Ended> {
  const { room, history } = options;
  let isFirst = isWithinReach !== undefined;
  for (;;) {
    const { messages, hasMore, position } = await read(() => history.messages(room.roomId, given.seq, pageMessages));
    if (isFirst && isWithinReach?.(position) === false) return "resync";
    if (isFirst) given.advance(position.changeSeq);
    isFirst = false;
    if (!(await give(options, messages, given))) return "gone";
    if (hasMore) continue;
    await reach(room, position.changeSeq);
    return undefined;
  }
}

/** What was confirmed meanwhile, until nothing more was. */
async function giveHeld<L>(options: ReplayOptions<L>, given: Given, hold: Hold): Promise<Ended> {
  const { room, history } = options;
  for (;;) {
    if (hold.isOverflown) {
      hold.take(); // Holds anew, before the rest is read.
      const ended = await givePages(options, given);
      if (ended) return ended;
      const answer = await read(() => history.changes(room.roomId, given.changeSeq));
      if ("resync" in answer) return "resync";
      const lacking = inOrder(answer.changes, given).filter((change) => given.lacks(change));
      if (!(await give(options, lacking, given))) return "gone";
      given.advance(answer.position.changeSeq);
      await reach(room, answer.position.changeSeq);
    } else {
      const upTo = room.position?.changeSeq ?? 0;
      const held = hold.take();
      // In one turn with joining: what comes next is heard live.
      if (held.length === 0) return joinAtSeam(options);
      if (!(await give(options, held, given))) return "gone";
      given.advance(upTo);
    }
  }
}

function joinAtSeam<L>({ room, listener, isGone }: ReplayOptions<L>): Ended {
  if (isGone(listener)) return "gone";
  room.joinAtSeam(listener);
  if (!isGone(listener)) return "live";
  // It was cut off by what it was given just now.
  room.leave(listener);
  return "gone";
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

/** Asks again for a while: a restart of what stands behind must not end everybody's connection. */
async function read<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadlineMs = performance.now() + awayMsMax; ; await sleep(retryMs)) {
    try {
      return await ask();
    } catch (error) {
      if (!Refusal.from(error).entry.retryable || performance.now() > deadlineMs) throw error;
    }
  }
}

/** Until the room has come as far as the pages: what it delivers later must be news to the listener. */
async function reach<L>(room: Room<L>, changeSeq: number): Promise<void> {
  if (!(await room.reach(changeSeq, seamMs)))
    throw new Refusal("UNAVAILABLE", "the room does not come as far as its history");
}
