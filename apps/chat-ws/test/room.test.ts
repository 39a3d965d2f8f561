import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { change, confirmation, heal, message, openRoom } from "./open-room.ts";

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
    const rejected = { roomId: "r", sender: "s", via: "v.1", code: "CONFLICT" } as const;
    room.preview(message(2));
    room.reject({ ...rejected, via: "v.1", tempId: "temp-2", code: "NOT_FOUND" }); // Another attempt.
    expect(seen("a")).toHaveLength(1);
    room.reject({ ...rejected, via: "v.2", tempId: "temp-2", code: "NOT_FOUND" });
    room.preview(message(1, "other"));
    const { contentHash: _, ...stored } = change(1);
    room.reject({ ...rejected, tempId: "temp-1", stored });
    expect(seen("a")[1]).toMatchObject({ id: "temp-2", seq: null, deleted: true, content: "" });
    expect(seen("a")[3]).toMatchObject({ id: "id-1", seq: 1, content: "text 1" });
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
