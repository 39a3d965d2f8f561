import { expect, it } from "vitest";
import { joinRoom, listRooms, readRoom } from "../src/joined-rooms.ts";

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

it("takes in names and further rooms that the server lists, and keeps what it does not", () => {
  const rooms = readRoom(joinRoom(joinRoom([], "general"), "old"), "general", 5);
  const listed = [
    { id: "general", name: "General" },
    { id: "invited", name: "Invited" },
  ];
  expect(listRooms(rooms, listed)).toEqual([
    { id: "old", name: "old", readSeq: 0 },
    { id: "general", name: "General", readSeq: 5 },
    { id: "invited", name: "Invited", readSeq: 0 },
  ]);
});
