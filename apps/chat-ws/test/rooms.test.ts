import { Refusal, type Position } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import type { History } from "../src/history.ts";
import { createRooms } from "../src/rooms.ts";
import { createAudience, readers } from "./audience.ts";

/** Rooms over a history that answers when told to, and the questions that it was asked. */
function openRooms() {
  const asked: string[][] = [];
  let answer = Promise.withResolvers<Position>();
  const history: History = {
    async positions(rooms = []) {
      asked.push(rooms);
      const position = await answer.promise;
      return rooms.map((roomId) => ({ roomId, position }));
    },
    changes: () => Promise.reject(new Error("not asked here")),
    messages: () => Promise.reject(new Error("not asked here")),
  };
  const outlets = { openAudience: () => createAudience(() => {}), behind() {}, resync() {}, now: () => 0 };
  const rooms = createRooms<string>(async () => {}, history, outlets, readers);
  return {
    rooms,
    asked,
    answer: () => answer.resolve({ seq: 7, changeSeq: 7 }),
    fail: () => {
      answer.reject(new Refusal("UNAVAILABLE", "away"));
      answer = Promise.withResolvers();
    },
  };
}

describe("rooms", () => {
  test("open with their first listener, at the position that was read, and close with the last", async () => {
    const { rooms, answer } = openRooms();
    answer();
    await Promise.all([rooms.join("r", "a"), rooms.join("r", "b")]);
    expect(rooms.get("r")?.position).toEqual({ seq: 7, changeSeq: 7 });
    rooms.leave("r", "a");
    expect(rooms.size).toBe(1);
    rooms.leave("r", "b");
    expect(rooms.size).toBe(0);
  });

  test("that open in one turn of the event loop share a question", async () => {
    const { rooms, asked, answer } = openRooms();
    const joined = ["a", "b", "c"].map((roomId) => rooms.join(roomId, "listener"));
    answer();
    await Promise.all(joined);
    expect(asked).toEqual([["a", "b", "c"]]);
  });

  test("that open by the thousand are asked for a thousand at a time", async () => {
    const { rooms, asked, answer } = openRooms();
    const joined = Array.from({ length: 2_500 }, (_, n) => rooms.join(`r${n}`, "listener"));
    answer();
    await Promise.all(joined);
    expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(rooms.get("r2499")?.position).toEqual({ seq: 7, changeSeq: 7 });
  });

  test("that cannot be opened refuse all who wait, leave nothing behind, and can be tried again", async () => {
    const { rooms, asked, answer, fail } = openRooms();
    const joined = [rooms.join("r", "a"), rooms.join("r", "b")];
    const refused = Promise.all(joined.map((join) => expect(join).rejects.toMatchObject({ code: "UNAVAILABLE" })));
    await expect.poll(() => asked.length).toBe(1);
    fail();
    await refused;
    expect(rooms.size).toBe(0);
    answer();
    await rooms.join("r", "a");
    expect(rooms.get("r")?.isEmpty).toBe(false);
  });

  test("stay open while somebody is still joining, whoever leaves meanwhile", async () => {
    const { rooms, answer } = openRooms();
    const joined = rooms.join("r", "a");
    rooms.leave("r", "somebody else");
    answer();
    await joined;
    expect(rooms.get("r")?.isEmpty).toBe(false);
  });
});
