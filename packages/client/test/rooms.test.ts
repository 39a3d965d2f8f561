// Where the calls of rooms go: ids that need escaping, and pages of lists.
import { expect, it } from "vitest";
import type { Call } from "../src/call.ts";
import { createRooms } from "../src/rooms.ts";

/** Rooms whose calls are only written down. */
function written() {
  const calls: string[] = [];
  const call = async (path: string, { method = "GET" } = {}) => void calls.push(`${method} ${path}`);
  return { rooms: createRooms(call as Call, "me", () => {}), calls };
}

it("asks for lists in the longest pages, and for the one behind a cursor", async () => {
  const { rooms, calls } = written();
  await rooms.bans("garden");
  await rooms.bans("garden", { cursor: "a_b-" });
  await rooms.blocked({ cursor: "c" });
  await rooms.members("garden", { cursor: "d" });
  expect(calls).toEqual([
    "GET /rooms/garden/bans?limit=200",
    "GET /rooms/garden/bans?limit=200&cursor=a_b-",
    "GET /rooms/direct/blocks?limit=200&cursor=c",
    "GET /rooms/garden/members?limit=200&cursor=d",
  ]);
});

it("keeps an account of another issuer one segment of the path, whatever its id is", async () => {
  const { rooms, calls } = written();
  await rooms.block("app:a/../b?c");
  await rooms.unblock("app:a/../b?c");
  await rooms.unban("garden", "app:a/../b?c");
  const id = "app%3Aa%2F..%2Fb%3Fc";
  expect(calls).toEqual([
    `PUT /rooms/direct/${id}/block`,
    `DELETE /rooms/direct/${id}/block`,
    `DELETE /rooms/garden/bans/${id}`,
  ]);
});
