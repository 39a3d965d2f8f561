import { expect, it } from "vitest";
import { joinRoom, readRoom } from "../src/joined-rooms.ts";

it("puts a room that is joined first, once", () => {
  const rooms = joinRoom(joinRoom([], "general"), "design");
  expect(rooms.map(({ id }) => id)).toEqual(["design", "general"]);
  expect(joinRoom(rooms, "general")).toBe(rooms);
});

it("never takes back what was read", () => {
  const rooms = readRoom(joinRoom([], "general"), "general", 5);
  expect(rooms).toEqual([{ id: "general", readSeq: 5 }]);
  expect(readRoom(rooms, "general", 3)).toBe(rooms);
});

it("keeps no more rooms than a connection has subscriptions for", () => {
  let rooms = joinRoom([], "0");
  for (let n = 1; n <= 200; n++) rooms = joinRoom(rooms, `${n}`);
  expect(rooms).toHaveLength(50);
  expect(rooms[0]!.id).toBe("200");
});
