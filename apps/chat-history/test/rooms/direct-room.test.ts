import { randomUUID } from "node:crypto";
import { AccessAnswer, isDirectRoomId, RoomAnswer, ShutOutPage } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHistory } from "../fixture.ts";

describe.each(["true", "false"])("the room of two people, ROOMS_AUTO_CREATE=%s", (ROOMS_AUTO_CREATE) => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  beforeAll(async () => {
    history = await openHistory({ env: { ROOMS_AUTO_CREATE } });
  });
  afterAll(() => history.close());

  const twoPeople = () => [`a-${randomUUID()}`, `b-${randomUUID()}`] as const;
  async function open(from: string, to: string) {
    const { status, body } = await history.callAs(from)("put", `/rooms/direct/${to}`);
    expect(status).toBe(200);
    return RoomAnswer.parse(body).room;
  }
  async function accessOf(roomId: string, accountId: string) {
    const { body } = await history.callInternally("get", `/internal/rooms/${roomId}/access/${accountId}`);
    return AccessAnswer.parse(body);
  }

  test("is one room, however often and from both sides at once it is asked for", async () => {
    const [one, other] = twoPeople();
    const rooms = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? open(one, other) : open(other, one))),
    );
    const ids = new Set(rooms.map(({ id }) => id));
    expect(ids.size).toBe(1);
    const [roomId] = ids;
    expect(isDirectRoomId(roomId!)).toBe(true);
    const { rows } = await history.pool.query("SELECT version::int, members FROM chat.room_access WHERE room_id = $1", [
      roomId,
    ]);
    expect(rows).toEqual([{ version: 3, members: 2 }]);
    expect(rooms[0]).toMatchObject({ kind: "direct", role: "member", peer: other });
    expect(await open(other, one)).toMatchObject({ peer: one, name: `${one}'s name` });
  });

  test("is the same for another service", async () => {
    const [one, other] = twoPeople();
    const { body } = await history.callInternally("put", "/internal/rooms/direct", { a: one, b: other });
    expect(RoomAnswer.parse(body).room.id).toBe((await open(other, one)).id);
    expect((await history.callInternally("put", "/internal/rooms/direct", { a: one, b: one })).status).toBe(400);
    expect((await history.callAs(one)("put", "/internal/rooms/direct", { a: one, b: other })).status).toBe(401);
  });

  test("is nobody else's, cannot be left, joined, moderated, renamed or deleted", async () => {
    const [one, other] = twoPeople();
    const { id } = await open(one, other);
    for (const who of [one, other, "eve"])
      for (const [method, path, body] of [
        ["put", `members/${who}`],
        ["put", "members/eve"],
        ["delete", `members/${who}`],
        ["delete", `members/${other}`],
        ["put", `bans/${other}`],
        ["put", `mutes/${other}`, { seconds: 60 }],
        ["patch", "", { name: "New" }],
        ["delete", ""],
      ] as const) {
        const { status } = await history.callAs(who)(method, `/rooms/${id}/${path}`.replace(/\/$/, ""), body);
        expect([who, method, path, status]).toEqual([who, method, path, 403]);
      }
    expect(await accessOf(id, "eve")).toMatchObject({ read: false, write: false });
    expect(await accessOf(id, one)).toEqual({ read: true, write: true, role: "member", version: 3 });
    expect((await history.callAs("eve")("get", `/rooms/${id}`)).status).toBe(403);
  });

  test("is not had with oneself, or with what is no account id", async () => {
    for (const other of ["reader", "%00", "%ED%A0%80", "x".repeat(129)])
      expect((await history.callAs("reader")("put", `/rooms/direct/${other}`)).status).toBe(400);
  });

  test("is read by who is blocked, and not written, until they are no longer (issue 8, block list)", async () => {
    const [one, other] = twoPeople();
    const { id } = await open(one, other);
    const block = `/rooms/direct/${other}/block`;
    for (let n = 0; n < 2; n++) expect((await history.callAs(one)("put", block)).status).toBe(204);
    expect(await accessOf(id, other)).toEqual({ read: true, write: false, role: "member", version: 4 });
    expect(await accessOf(id, one)).toMatchObject({ read: true, write: true });
    const { body } = await history.callAs(one)("get", "/rooms/direct/blocks");
    expect(ShutOutPage.parse(body).accounts).toMatchObject([{ accountId: other }]);
    expect((await history.callAs(other)("get", "/rooms/direct/blocks")).body.accounts).toEqual([]);
    for (let n = 0; n < 2; n++) expect((await history.callAs(one)("delete", block)).status).toBe(204);
    expect(await accessOf(id, other)).toEqual({ read: true, write: true, role: "member", version: 5 });
  });

  test("is not made by who is blocked, who may not invite either; the other may make it", async () => {
    const [one, other] = twoPeople();
    await history.callAs(one)("put", `/rooms/direct/${other}/block`);
    expect((await history.callAs(other)("put", `/rooms/direct/${one}`)).status).toBe(403);
    const { body } = await history.callAs(other)("post", "/rooms", { name: "Room", kind: "private" });
    expect((await history.callAs(other)("put", `/rooms/${body.room.id}/members/${one}`)).status).toBe(403);
    const { id } = await open(one, other);
    expect(await accessOf(id, other)).toMatchObject({ read: true, write: false });
  });
});
