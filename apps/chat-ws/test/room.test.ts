import type {
  ChangesAnswer,
  ChatMessagePubSub,
  ChatTimestampPubSub,
  Position,
  RoomChange,
  StoredMessage,
} from "@parley/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Room } from "../src/room.ts";
import { createAudience } from "./audience.ts";

type Seen = { tempId: string; seq: number | null; changeSeq?: number | null; content?: string };

/** A room with listeners that remember, a clock to turn, and a note of what was asked to be fetched. */
function openRoom(position: Position | null = { seq: 0, changeSeq: 0 }) {
  const seen = new Map<string, Seen[]>();
  const state = {
    nowMs: 0,
    behindMs: undefined as number | undefined,
    resynced: [] as string[],
    behind: new Set<string>(),
  };
  const room = new Room<string>("r", {
    openAudience: () => createAudience((listener, body) => void seen.get(listener)?.push(body), state.behind),
    behind: (_room, waitMs) => void (state.behindMs = waitMs),
    resync: (listeners) => void state.resynced.push(...listeners),
    now: () => state.nowMs,
  });
  if (position) room.open(position);
  function join(listener: string) {
    seen.set(listener, []);
    room.join(listener);
  }
  return { room, seen: (listener: string) => seen.get(listener) ?? [], join, state };
}

function heal(room: Room<string>, answer: ChangesAnswer) {
  for (const _ of room.heal(answer));
}

function message(n: number, content = `text ${n}`): ChatMessagePubSub {
  return { roomId: "r", tempId: `temp-${n}`, sender: "s", senderName: "S", content, via: `v.${n}` };
}

function confirmation(n: number, more: Partial<ChatTimestampPubSub> = {}): ChatTimestampPubSub {
  const time = "2026-01-01T00:00:00.000Z";
  return {
    roomId: "r",
    id: `id-${n}`,
    tempId: `temp-${n}`,
    sender: "s",
    seq: n,
    changeSeq: n,
    createdAt: time,
    editedAt: null,
    via: `v.${n}`,
    ...more,
  };
}

function change(n: number): RoomChange {
  const { via: _, ...short } = confirmation(n);
  return { ...short, senderName: "S", content: `text ${n}`, deleted: false, contentHash: "" };
}

describe("a room gives", () => {
  test("the preview, then the short confirmation, to who was there for both", () => {
    const { room, seen, join } = openRoom();
    join("a");
    room.preview(message(1));
    room.confirm(confirmation(1));
    expect(seen("a")).toMatchObject([
      { id: "temp-1", seq: null, content: "text 1" },
      { id: "id-1", seq: 1 },
    ]);
    expect(seen("a")[1]).not.toHaveProperty("content");
  });

  test("the whole message to who joined between preview and confirmation", () => {
    const { room, seen, join } = openRoom();
    room.preview(message(1));
    join("late");
    room.confirm(confirmation(1));
    expect(seen("late")).toMatchObject([{ id: "id-1", seq: 1, content: "text 1", senderName: "S" }]);
  });

  test("the whole message if its preview is so old that clients dropped it", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    room.preview(message(1));
    state.nowMs = 20_000;
    room.confirm(confirmation(1));
    expect(seen("a")[1]).toMatchObject({ seq: 1, content: "text 1" });
  });

  test("a preview once, however often it is sent", () => {
    const { room, seen, join } = openRoom();
    join("a");
    room.preview(message(1));
    room.preview({ ...message(1), via: "v.again" });
    expect(seen("a")).toHaveLength(1);
  });

  test("a repeated confirmation only to who was shown the preview again", () => {
    const { room, seen, join } = openRoom();
    join("a");
    room.preview(message(1));
    room.confirm(confirmation(1));
    room.confirm(confirmation(1, { via: "v.again" }));
    expect(seen("a")).toHaveLength(2);
    room.preview({ ...message(1), via: "v.third" });
    join("b");
    room.confirm(confirmation(1, { via: "v.third" }));
    expect(seen("a").slice(2)).toMatchObject([
      { id: "temp-1", seq: null },
      { id: "id-1", seq: 1 },
    ]);
    expect(seen("b")).toEqual([]);
  });

  test("a withdrawal to who was shown what will not be stored, and for CONFLICT what is stored", () => {
    const { room, seen, join } = openRoom({ seq: 1, changeSeq: 1 });
    join("a");
    const rejected = { roomId: "r", sender: "s", via: "v", code: "CONFLICT" } as const;
    room.preview(message(2));
    room.reject({ ...rejected, tempId: "temp-2", code: "NOT_FOUND" });
    room.preview(message(1, "other"));
    const { contentHash: _, ...stored } = change(1);
    room.reject({ ...rejected, tempId: "temp-1", stored });
    expect(seen("a")[1]).toMatchObject({ id: "temp-2", seq: null, deleted: true, content: "" });
    expect(seen("a")[3]).toMatchObject({ id: "id-1", seq: 1, content: "text 1" });
  });
});

function storedMessage(n: number, more: Partial<StoredMessage> = {}): StoredMessage {
  const { contentHash: _, ...known } = change(n);
  return { ...known, ...more };
}

describe("a room tells of changes", () => {
  test("in the order of changeSeq, between creations", () => {
    const { room, seen, join } = openRoom();
    join("a");
    for (const n of [1, 2]) room.preview(message(n));
    room.change(storedMessage(1, { changeSeq: 2, content: "edited" }));
    room.confirm(confirmation(2, { changeSeq: 3 }));
    expect(seen("a")).toHaveLength(2);
    room.confirm(confirmation(1));
    expect(seen("a").slice(2)).toMatchObject([
      { seq: 1, changeSeq: 1 },
      { seq: 1, changeSeq: 2, content: "edited" },
      { seq: 2, changeSeq: 3 },
    ]);
    expect(room.position).toEqual({ seq: 2, changeSeq: 3 });
  });

  test("once, and not when it is older than what was told", () => {
    const { room, seen, join } = openRoom({ seq: 3, changeSeq: 5 });
    join("a");
    room.change(storedMessage(1, { changeSeq: 6 }));
    for (const changeSeq of [6, 4]) room.change(storedMessage(1, { changeSeq }));
    expect(seen("a")).toMatchObject([{ seq: 1, changeSeq: 6 }]);
    expect(room.position).toEqual({ seq: 3, changeSeq: 6 });
  });

  test("of a CONFLICT only once it has given what holds the tempId", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    room.preview(message(1, "other"));
    room.reject({ roomId: "r", sender: "s", via: "v", code: "CONFLICT", tempId: "temp-1", stored: storedMessage(1) });
    expect(seen("a")).toHaveLength(1);
    expect(state.behindMs).toBe(100);
    heal(room, { changes: [change(1)], position: { seq: 1, changeSeq: 1 } });
    expect(seen("a").slice(1)).toMatchObject([{ seq: 1, content: "text 1" }]);
  });

  test("in steps when there are many, holding back what is newer", () => {
    const { room, seen, join } = openRoom();
    join("a");
    const long = "x".repeat(60_000);
    const changes = Array.from({ length: 6 }, (_, n) => ({ ...change(n + 1), content: long }));
    const healing = room.heal({ changes, position: { seq: 6, changeSeq: 6 } });
    healing.next();
    const afterOneStep = seen("a").length;
    expect(afterOneStep).toBeLessThan(6);
    room.preview(message(7));
    room.confirm(confirmation(7));
    for (const _ of healing);
    expect(
      seen("a")
        .filter(({ seq }) => seq !== null)
        .map(({ seq }) => seq),
    ).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("a room keeps the order", () => {
  test("by holding a confirmation until its predecessor came", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    for (const n of [1, 2]) room.preview(message(n));
    room.confirm(confirmation(2));
    expect(seen("a")).toHaveLength(2);
    expect(state.behindMs).toBe(100);
    room.confirm(confirmation(1));
    expect(seen("a").slice(2)).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    expect(room.isBehind).toBe(false);
  });

  test("by fetching at once a message whose content it never had", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    room.confirm(confirmation(1));
    expect(seen("a")).toEqual([]);
    expect(state.behindMs).toBe(0);
    heal(room, { changes: [change(1)], position: { seq: 1, changeSeq: 1 } });
    expect(seen("a")).toMatchObject([{ seq: 1, content: "text 1" }]);
  });

  test("by applying what came while it was opened against the position that was read", () => {
    const { room, seen, join } = openRoom(null);
    for (const n of [1, 2]) {
      room.preview(message(n));
      room.confirm(confirmation(n));
    }
    join("a");
    room.open({ seq: 1, changeSeq: 1 });
    expect(seen("a")).toMatchObject([{ seq: 2, content: "text 2" }]);
  });

  test("by telling RESYNC when it cannot be healed, and going on from there", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    room.report(20_000, 0);
    heal(room, { resync: true, position: { seq: 20_000, changeSeq: 20_000 } });
    expect(state.resynced).toEqual(["a"]);
    room.preview(message(20_001));
    room.confirm(confirmation(20_001));
    expect(seen("a").at(-1)).toMatchObject({ seq: 20_001 });
  });

  test("whatever is lost, doubled or late: each creation once, in order, with content (G-5)", () => {
    const total = 12;
    const events = fc.array(
      fc.record({ kind: fc.constantFrom("preview", "confirm", "heal", "join"), n: fc.integer({ min: 1, max: total }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, (run) => {
        const { room, seen, join } = openRoom();
        const upTo = (n: number) => ({
          changes: Array.from({ length: n }, (_, i) => change(i + 1)),
          position: { seq: n, changeSeq: n },
        });
        const joinedAt = new Map<string, number>();
        const enter = (listener: string) => {
          joinedAt.set(listener, room.position!.seq);
          join(listener);
        };
        enter("first");
        for (const [index, { kind, n }] of run.entries()) {
          if (kind === "preview") room.preview(message(n));
          else if (kind === "confirm") room.confirm(confirmation(n));
          else if (kind === "heal") heal(room, upTo(n));
          else enter(`joined ${index}`);
        }
        heal(room, upTo(total));
        for (const [listener, start] of joinedAt) {
          const contents = new Map<unknown, string>();
          let last = start;
          for (const body of seen(listener)) {
            if (body.content !== undefined) contents.set(body.tempId, body.content);
            if (body.seq === null || body.seq <= last) continue; // A preview, or a repetition after a retry.
            expect(body.seq).toBe(last + 1);
            expect(contents.get(body.tempId)).toBe(`text ${body.seq}`);
            last = body.seq;
          }
          expect(last).toBe(total);
        }
      }),
      { numRuns: 500 },
    );
  });
});
