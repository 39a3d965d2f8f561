import { describe, expect, test } from "vitest";
import { change, confirmation, heal, message, openRoom, storedMessage } from "./open-room.ts";

describe("a room confirms what was shown", () => {
  test("only: another attempt with other content is fetched, not given as this one (G-5)", () => {
    const { room, seen, join, state } = openRoom();
    join("a");
    room.preview(message(1, "first"));
    state.nowMs = 20_000; // Clients have dropped it, so the next one is shown.
    room.preview({ ...message(1, "other"), via: "v.other" });
    join("b");
    room.confirm(confirmation(1));
    expect(seen("b")).toEqual([]);
    expect(state.behindMs).toBe(0);
    heal(room, { changes: [{ ...change(1), content: "first" }], position: { seq: 1, changeSeq: 1 } });
    for (const listener of ["a", "b"]) expect(seen(listener).at(-1)).toMatchObject({ seq: 1, content: "first" });
  });

  test("by any attempt with the same content", () => {
    const { room, seen, join } = openRoom();
    join("a");
    room.preview(message(1));
    room.preview({ ...message(1), via: "v.again" });
    room.confirm(confirmation(1, { via: "v.again" }));
    expect(seen("a")[1]).toMatchObject({ id: "id-1", seq: 1 });
    expect(seen("a")[1]).not.toHaveProperty("content");
  });
});

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
    room.reject({ roomId: "r", sender: "s", via: "v.1", code: "CONFLICT", tempId: "temp-1", stored: storedMessage(1) });
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
