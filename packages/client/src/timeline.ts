// What a room's list becomes by each thing that happens: a pure function. It knows no network, no clock, no storage.
// A message is recognised by (sender, tempId) from its preview to its last edit; its place is its seq.
import type { ChatMessageReceive, ChatTimestampReceive, HistoryPage, StoredMessage } from "@parley/contracts";
import type { RoomMessage } from "./api.ts";
import { formatKey, showPreview, showStored, storedAs, type Item, type Provisional } from "./items.ts";
import type { Failure } from "./outbox.ts";

export interface Timeline {
  /** Whose list this is: own messages are resent until they are stored. */
  readonly accountId: string;
  /** By seq, from `floor` on, with tombstones. */
  readonly stored: readonly Item[];
  /** Not stored yet, in the order in which they were first shown. */
  readonly provisional: readonly Provisional[];
  /** Every stored message from this seq on is in `stored`; undefined until the first page. */
  readonly floor: number | undefined;
  readonly hasOlder: boolean;
  /** The changeSeq up to which everything is known (contracts §1: never the maximum seen). */
  readonly position: number;
  /** changeSeqs beyond the position that were applied before their predecessors. */
  readonly ahead: ReadonlySet<number>;
  /** While pages are read, what is confirmed live waits here: the page's state comes first. */
  readonly held: readonly (StoredMessage | ChatTimestampReceive)[] | undefined;
  /** Something between the position and what was seen is missing: read the changes. */
  readonly hasGap: boolean;
}

export type RoomEvent =
  /** An own message leaves the outbox or came back from it; with `failure` as a failed one. */
  | { type: "sending"; tempId: string; content: string; senderName: string; at: number; failure?: Failure | undefined }
  | { type: "received"; body: ChatMessageReceive; at: number }
  | { type: "confirmed"; body: ChatTimestampReceive }
  /** The server has committed it; its place in the list comes by another event. */
  | { type: "receipted"; tempId: string }
  | { type: "refused"; tempId: string; failure: Failure }
  | { type: "discarded"; tempId: string }
  | { type: "disconnected" }
  /** Pages are asked for from now on; the subscription stands. */
  | { type: "reading" }
  | { type: "newest"; page: HistoryPage }
  /** All changes after the position, from one or more pages; `until` is the changeSeq of the last page's snapshot. */
  | { type: "changes"; changes: readonly StoredMessage[]; until: number }
  /** `before`: the floor from which this page was asked for. */
  | { type: "older"; page: HistoryPage; before: number }
  | { type: "tick"; at: number };

/** How long an unconfirmed preview of somebody else is shown (contracts §1). */
export const previewMsMax = 30_000;
/** How many confirmed events wait for a page; beyond it they are read as changes. */
export const heldEventsMax = 1_000;
/** How many messages are kept; beyond it the oldest are forgotten and can be loaded again. */
export const keptMessagesMax = 5_000;

export function createTimeline(accountId: string): Timeline {
  return {
    accountId,
    stored: [],
    provisional: [],
    floor: undefined,
    hasOlder: false,
    position: 0,
    ahead: new Set(),
    held: [],
    hasGap: false,
  };
}

/** The list that is shown: no tombstones, stored ones first. */
export function listMessages({ stored, provisional }: Timeline): RoomMessage[] {
  const shown = stored.filter(({ isDeleted }) => !isDeleted);
  return [...shown, ...provisional].map(({ message }) => message);
}

export function reduce(timeline: Timeline, event: RoomEvent): Timeline {
  switch (event.type) {
    case "sending":
      return startSending(timeline, event);
    case "received":
      if (event.body.seq === null) return showLive(timeline, event.body, event.at);
      return timeline.held ? hold(timeline, event.body) : store(timeline, event.body);
    case "confirmed":
      return timeline.held ? hold(timeline, event.body) : store(timeline, event.body);
    case "receipted":
      return changeOwn(timeline, event.tempId, (own) => ({
        ...own,
        isReceipted: true,
        message: inState(own, "preview"),
      }));
    case "refused":
      return changeOwn(timeline, event.tempId, (own) => ({
        ...own,
        message: { ...inState(own, "failed"), ...event.failure },
      }));
    case "discarded":
      return changeOwn(timeline, event.tempId, () => undefined);
    case "disconnected":
      return { ...timeline, held: [], provisional: timeline.provisional.map(disconnect) };
    case "reading":
      return {
        ...timeline,
        held: timeline.held ?? [],
        hasGap: false,
        provisional: timeline.provisional.map((item) => (item.isReceipted ? { ...item, isCovered: true } : item)),
      };
    case "newest":
      return goOn(startOver(timeline, event.page));
    case "changes":
      return goOn(readChanges(timeline, event.changes, event.until));
    case "older":
      return event.before === timeline.floor ? readOlder(timeline, event.page) : timeline;
    case "tick":
      return expire(timeline, event.at);
  }
}

function startSending(timeline: Timeline, event: Extract<RoomEvent, { type: "sending" }>): Timeline {
  const { accountId, stored, provisional } = timeline;
  const { tempId, content, senderName, at, failure } = event;
  const key = formatKey(accountId, tempId);
  if (stored.some((item) => item.message.key === key)) return timeline;
  const message = showPreview({ tempId, sender: accountId, senderName, content }, { isMine: true, shownAt: at });
  const own: Provisional = {
    message: { ...message, state: failure ? "failed" : "pending", ...failure },
    isSending: true,
    seenAt: at,
  };
  const found = provisional.findIndex((item) => item.message.key === key);
  return {
    ...timeline,
    provisional:
      found === -1
        ? [...provisional, own]
        : provisional.with(found, { ...own, message: keep(own, provisional[found]!) }),
  };
}

/** Sent again: it stays where it is and keeps the time at which it was first shown. */
function keep(own: Provisional, before: Provisional): RoomMessage {
  return { ...own.message, shownAt: before.message.shownAt };
}

function showLive(timeline: Timeline, body: ChatMessageReceive, at: number): Timeline {
  const { accountId, stored, provisional } = timeline;
  const key = formatKey(body.sender, body.tempId);
  const found = provisional.findIndex((item) => item.message.key === key);
  const known = provisional[found];
  if (body.deleted)
    return known ? { ...timeline, provisional: replace(provisional, found, withdraw(known)) } : timeline;
  if (stored.some((item) => item.message.key === key)) return timeline;
  if (known) {
    // A failed one stays so until it is tried again here, or stored.
    const isFailed = known.message.state === "failed";
    const live = {
      ...known,
      message: isFailed ? known.message : inState(known, "preview"),
      seenAt: at,
      isStale: false,
    };
    return { ...timeline, provisional: provisional.with(found, live) };
  }
  const message = showPreview(body, { isMine: body.sender === accountId, shownAt: at });
  return { ...timeline, provisional: [...provisional, { message, isSending: false, seenAt: at }] };
}

/** Our own is answered for by its receipt or refusal; anybody else's is gone. */
function withdraw(item: Provisional): Provisional | undefined {
  if (!item.isSending) return undefined;
  return item.message.state === "preview" && !item.isReceipted ? { ...item, message: inState(item, "pending") } : item;
}

function disconnect(item: Provisional): Provisional {
  const isInDoubt = item.isSending && item.message.state === "preview" && !item.isReceipted;
  return { ...item, isStale: true, message: isInDoubt ? inState(item, "pending") : item.message };
}

function inState({ message }: Provisional, state: RoomMessage["state"]): RoomMessage {
  if (message.state === state) return message;
  const { code: _, retryAt: __, ...rest } = message;
  return { ...rest, state };
}

function hold(timeline: Timeline, body: StoredMessage | ChatTimestampReceive): Timeline {
  const held = timeline.held ?? [];
  return held.length < heldEventsMax ? { ...timeline, held: [...held, body] } : { ...timeline, held: [], hasGap: true };
}

/** A confirmation, or a whole message. What is not beyond the position is known, or deleted since, or older than shown. */
function store(timeline: Timeline, body: StoredMessage | ChatTimestampReceive): Timeline {
  const key = formatKey(body.sender, body.tempId);
  if (body.changeSeq <= timeline.position) return dropProvisional(timeline, key);
  if ("content" in body) return advance(apply(timeline, body), body.changeSeq);
  const preview = timeline.provisional.find((item) => item.message.key === key);
  // Without its content the message must be read.
  if (!preview) return timeline.ahead.has(body.changeSeq) ? timeline : { ...timeline, hasGap: true };
  const { content, senderName } = preview.message;
  return advance(apply(timeline, { ...body, content, senderName, deleted: false }), body.changeSeq);
}

/** Puts the latest state of a stored message in its place and takes its preview away. */
function apply(timeline: Timeline, message: StoredMessage): Timeline {
  const key = formatKey(message.sender, message.tempId);
  const before = timeline.provisional.find((item) => item.message.key === key)?.message;
  const rest = dropProvisional(timeline, key);
  if (rest.floor === undefined || message.seq < rest.floor) return rest;
  const at = rest.stored.findLastIndex(({ seq }) => seq <= message.seq);
  const present = rest.stored[at]?.seq === message.seq ? rest.stored[at] : undefined;
  if (present && present.changeSeq >= message.changeSeq) return rest;
  const item = storedAs(message, showStored(message, timeline.accountId, (present?.message ?? before)?.shownAt));
  return { ...rest, stored: present ? rest.stored.with(at, item) : rest.stored.toSpliced(at + 1, 0, item) };
}

/** The position moves by exactly one at a time; a jump means that something is to be read. */
function advance(timeline: Timeline, changeSeq: number): Timeline {
  if (changeSeq <= timeline.position) return timeline;
  const ahead = new Set(timeline.ahead).add(changeSeq);
  let { position } = timeline;
  while (ahead.delete(position + 1)) position++;
  return forgetOldest({ ...timeline, position, ahead, hasGap: timeline.hasGap || ahead.size > 0 });
}

function forgetOldest(timeline: Timeline): Timeline {
  if (timeline.stored.length <= keptMessagesMax) return timeline;
  const stored = timeline.stored.slice(-keptMessagesMax);
  return { ...timeline, stored, floor: stored[0]!.seq, hasOlder: true };
}

function startOver(timeline: Timeline, { messages, hasMore, nextCursor, position }: HistoryPage): Timeline {
  const empty = { ...timeline, stored: [], ahead: new Set<number>(), floor: hasMore ? (nextCursor ?? 0) : 0 };
  return { ...messages.reduce(apply, empty), hasOlder: hasMore, position: position.changeSeq };
}

function readChanges(timeline: Timeline, changes: readonly StoredMessage[], until: number): Timeline {
  const ahead = new Set([...timeline.ahead].filter((changeSeq) => changeSeq > until));
  return { ...changes.reduce(apply, timeline), position: Math.max(timeline.position, until), ahead };
}

/** An older page may be older than changes that came live meanwhile: then these are read again. */
function readOlder(timeline: Timeline, { messages, hasMore, nextCursor, position }: HistoryPage): Timeline {
  const floor = hasMore ? (nextCursor ?? 0) : 0;
  const applied = messages.reduce(apply, { ...timeline, floor });
  if (position.changeSeq >= timeline.position) return { ...applied, hasOlder: hasMore };
  return { ...applied, hasOlder: hasMore, position: position.changeSeq, ahead: new Set(), hasGap: true };
}

/** All is read: previews of an earlier connection are over, and what was held is newer than the pages. */
function goOn(timeline: Timeline): Timeline {
  const provisional = timeline.provisional.filter((item) => !item.isCovered && (item.isSending || !item.isStale));
  const live: Timeline = { ...timeline, provisional, held: undefined };
  return (timeline.held ?? []).reduce(store, live);
}

/** Previews that nobody confirmed; and own receipted ones whose place in the list never came: it must be read. */
function expire(timeline: Timeline, at: number): Timeline {
  if (timeline.held) return timeline; // A confirmation may wait there for its preview.
  const isOver = (item: Provisional) => item.seenAt + previewMsMax < at;
  const provisional = timeline.provisional.filter((item) => item.isSending || !isOver(item));
  const hasGap = timeline.hasGap || provisional.some((item) => item.isReceipted && isOver(item));
  if (provisional.length === timeline.provisional.length && hasGap === timeline.hasGap) return timeline;
  return { ...timeline, provisional, hasGap };
}

function dropProvisional(timeline: Timeline, key: string): Timeline {
  const provisional = timeline.provisional.filter((item) => item.message.key !== key);
  return provisional.length === timeline.provisional.length ? timeline : { ...timeline, provisional };
}

function changeOwn(
  timeline: Timeline,
  tempId: string,
  change: (own: Provisional) => Provisional | undefined,
): Timeline {
  const { accountId, provisional } = timeline;
  const key = formatKey(accountId, tempId);
  const found = provisional.findIndex((item) => item.isSending && item.message.key === key);
  if (found === -1) return timeline;
  return { ...timeline, provisional: replace(provisional, found, change(provisional[found]!)) };
}

function replace<T>(list: readonly T[], at: number, item: T | undefined): readonly T[] {
  return item === undefined ? list.toSpliced(at, 1) : list.with(at, item);
}
