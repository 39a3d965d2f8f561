import { randomUUID } from "node:crypto";
import { AccessAnswer } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageFor, record } from "../fixture.ts";
import { openMadeRooms, type MadeRooms } from "./made-rooms.ts";

describe("ids of rooms", () => {
  let history: MadeRooms["history"];
  let make: MadeRooms["make"];
  let eventsOf: MadeRooms["eventsOf"];
  beforeAll(async () => {
    ({ history, make, eventsOf } = await openMadeRooms());
  });
  afterAll(() => history.close());

  test("were never given before: not to one that was made, deleted, came by itself, or is of two people", async () => {
    const { id } = await make("alice", "public");
    await history.pool.query("INSERT INTO chat.room (id) VALUES ('by-itself')");
    const deleted = await make("alice", "public");
    expect((await history.callAs("alice")("delete", `/rooms/${deleted.id}`)).status).toBe(204);
    for (const taken of [id, "by-itself", deleted.id]) {
      const { status, body } = await history.callAs("bob")("post", "/rooms", {
        id: taken,
        name: "Room",
        kind: "public",
      });
      expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
    }
    const direct = { id: `dm-${"x".repeat(43)}`, name: "Room", kind: "public" };
    expect((await history.callAs("bob")("post", "/rooms", direct)).status).toBe(400);
  });

  test.each(["constructor", "__proto__", "CON", "toString", "-", "a.b"])("%s is an ordinary one (B-52)", async (id) => {
    await make("alice", "private", id);
    await history.callAs("alice")("put", `/rooms/${id}/members/bob`);
    const access = await history.callInternally("get", `/internal/rooms/${id}/access/bob`);
    expect(AccessAnswer.parse(access.body)).toMatchObject({ read: true, write: true, role: "member" });
    const rooms = [{ roomId: id, after: 2 }];
    const { body } = await history.callInternally("post", "/internal/access/changes", { rooms });
    expect(body.changes).toEqual([{ roomId: id, accountId: "bob", version: 3, change: "joined" }]);
    const [outcome] = await record(history.bus, [messageFor(id, { sender: "bob" })]);
    expect(outcome).toMatchObject({ roomId: id, seq: 1 });
  });

  test.each(["a%2Fb", "%00", ".hidden", "a%20b", "x".repeat(129), "%E0%A4%A", "direct"])(
    "%s is none (B-52, B-80)",
    async (id) => {
      for (const path of [`/rooms/${id}/members`, `/rooms/${id}/bans`, `/rooms/${id}`])
        expect((await history.callAs("alice")("get", path)).status).toBe(400);
      expect((await history.callAs("alice")("put", `/rooms/${id}/members/alice`)).status).toBe(400);
    },
  );

  test("asked for by many at once are one room's, with one owner", async () => {
    const id = randomUUID();
    const statuses = await Promise.all(
      Array.from(
        { length: 20 },
        async (_, n) =>
          (await history.callAs(`maker ${n}`)("post", "/rooms", { id, name: "Room", kind: "public" })).status,
      ),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    await expect.poll(() => eventsOf(id)).toHaveLength(2);
  });
});
