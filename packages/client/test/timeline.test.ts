// Single steps of the list that random scripts reach too seldom.
import type { StoredMessage } from "@parley/contracts";
import { expect, it } from "vitest";
import {
  createTimeline,
  heldEventsMax,
  keptMessagesMax,
  listMessages,
  reduce,
  type RoomEvent,
  type Timeline,
} from "../src/timeline.ts";

const me = "me";

function stored(seq: number, more: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id: `id-${seq}`,
    tempId: `temp-${seq}`,
    roomId: "room",
    sender: "other",
    senderName: "Other",
    content: `text ${seq}`,
    seq,
    changeSeq: seq,
    createdAt: "2026-01-01T00:00:00.000Z",
    editedAt: null,
    deleted: false,
    ...more,
  };
}

function newest(messages: StoredMessage[], changeSeq: number, before: number | null = null): RoomEvent {
  const position = { seq: messages.at(-1)?.seq ?? 0, changeSeq };
  return { type: "newest", page: { messages, hasMore: before !== null, nextCursor: before, position } };
}

const after = (...events: RoomEvent[]): Timeline => events.reduce(reduce, createTimeline(me));
const receive = (body: StoredMessage): RoomEvent => ({ type: "received", body, at: 0 });
const seqs = (timeline: Timeline) => listMessages(timeline).map(({ seq }) => seq);

it("asks for a message whose confirmation came without its content, and does not skip it", () => {
  const { content: _, senderName: __, deleted: ___, ...body } = stored(2);
  const timeline = after(newest([stored(1)], 1), { type: "confirmed", body });
  expect(timeline).toMatchObject({ hasGap: true, position: 1 });
});

it("asks for what is missing after a jump, and shows what came", () => {
  const timeline = after(newest([stored(1)], 1), receive(stored(2, { changeSeq: 5 })));
  expect(timeline).toMatchObject({ hasGap: true, position: 1 });
  expect(seqs(timeline)).toEqual([1, 2]);
});

it("does not bring back a message that was deleted before the page was read", () => {
  expect(seqs(after(receive(stored(1)), newest([], 2)))).toEqual([]);
});

it("leaves out an older page that was asked for before the list started over", () => {
  const timeline = after(newest([stored(9)], 9, 9));
  const page = { messages: [stored(3)], hasMore: true, nextCursor: 3, position: { seq: 9, changeSeq: 9 } };
  expect(seqs(reduce(timeline, { type: "older", page, before: 5 }))).toEqual([9]);
  expect(seqs(reduce(timeline, { type: "older", page, before: 9 }))).toEqual([3, 9]);
});

it("takes the preview of an old message away when its confirmation comes again", () => {
  const preview = { ...stored(1), id: "temp-1", seq: null, changeSeq: null, createdAt: null, editedAt: null };
  const shown = after(newest([stored(9)], 9, 9), { type: "received", body: preview, at: 0 });
  expect(seqs(shown)).toEqual([9, null]);
  expect(seqs(reduce(shown, receive(stored(1))))).toEqual([9]);
});

it("reads again when more came during a read than it holds", () => {
  let timeline = after({ type: "reading" });
  for (let seq = 1; seq <= heldEventsMax + 1; seq++) timeline = reduce(timeline, receive(stored(seq)));
  timeline = reduce(timeline, newest([], 0));
  expect(timeline).toMatchObject({ hasGap: true, position: 0, held: undefined });
});

it("forgets the oldest messages beyond its bound, and can load them again", () => {
  let timeline = after(newest([], 0));
  for (let seq = 1; seq <= keptMessagesMax + 1; seq++) timeline = reduce(timeline, receive(stored(seq)));
  expect(timeline).toMatchObject({ floor: 2, hasOlder: true, position: keptMessagesMax + 1 });
  expect(timeline.stored).toHaveLength(keptMessagesMax);
});

it("keeps the objects of messages that did not change", () => {
  const before = after(newest([stored(1), stored(2)], 2));
  const now = reduce(before, receive(stored(3)));
  expect(listMessages(now)[0]).toBe(listMessages(before)[0]);
});
