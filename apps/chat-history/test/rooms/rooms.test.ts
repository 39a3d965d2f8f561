import { randomUUID } from "node:crypto";
import { AccessAnswer, MemberAnswer, RoomAnswer, RoomsPage } from "@parley/contracts";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageFor, openHistory, record } from "../fixture.ts";
import { openMadeRooms, type MadeRooms } from "./made-rooms.ts";

type History = MadeRooms["history"];

describe("rooms", () => {
  let history: History;
  let make: MadeRooms["make"];
  let eventsOf: MadeRooms["eventsOf"];
  beforeAll(async () => {
    ({ history, make, eventsOf } = await openMadeRooms());
  });
  afterAll(() => history.close());

  async function accessOf(roomId: string, accountId: string) {
    const { body } = await history.callInternally("get", `/internal/rooms/${roomId}/access/${accountId}`);
    return AccessAnswer.parse(body);
  }

  test("are made with whoever makes them as owner, under the id asked for or one of the server's", async () => {
    const own = `made-${randomUUID()}`;
    const room = await make("alice", "private", own);
    expect(room).toEqual({
      id: own,
      name: "Room",
      kind: "private",
      role: "owner",
      position: { seq: 0, changeSeq: 0 },
    });
    expect((await make("alice", "public")).id).toMatch(/^[0-9a-f-]{36}$/);
    await expect
      .poll(() => eventsOf(own))
      .toEqual([
        { roomId: own, version: 1, change: "created" },
        { roomId: own, accountId: "alice", version: 2, change: "joined" },
      ]);
  });

  test.each([
    {},
    { name: "Room" },
    { name: "", kind: "public" },
    { name: "x".repeat(65), kind: "public" },
    { name: "a\u0000b", kind: "public" },
    { name: "Room", kind: "direct" },
    { name: "Room", kind: "public", id: "../x" },
    { name: "Room", kind: "public", id: "rooms" },
    { name: ["Room"], kind: "public" },
  ])("are not made of %j", async (body) => {
    expect((await history.callAs("alice")("post", "/rooms", body)).status).toBe(400);
  });

  test("that do not exist, were deleted or are somebody else's are refused alike (B-54, B-81)", async () => {
    const mine = await make("alice", "private");
    const deleted = await make("alice", "private");
    await history.callAs("alice")("delete", `/rooms/${deleted.id}`);
    const answers = await Promise.all(
      [mine.id, deleted.id, randomUUID()].map(async (roomId) => {
        const { status, body } = await history.callAs("eve")("get", `/rooms/${roomId}`);
        return { status, code: body.error.code, message: body.error.message };
      }),
    );
    expect(answers).toEqual(
      Array.from({ length: 3 }, () => ({ status: 403, code: "FORBIDDEN", message: "This is not allowed." })),
    );
  });

  test("are listed for whoever is in, a page at a time, and no others", async () => {
    const who = `lister ${randomUUID()}`;
    const ids = [];
    for (let n = 0; n < 7; n++) ids.push((await make(who, n % 2 === 0 ? "public" : "private")).id);
    const [left, deleted, ...rest] = ids;
    await make("alice", "public");
    await history.callAs(who)("delete", `/rooms/${left}/members/${encodeURIComponent(who)}`);
    await history.callAs(who)("delete", `/rooms/${deleted}`);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await history.callAs(who)("get", `/rooms?limit=2${cursor && `&cursor=${cursor}`}`);
      const page = RoomsPage.parse(body);
      seen.push(...page.rooms.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(rest.toSorted());
  });

  test.each(["limit=0", "limit=201", "limit=1&limit=2", "cursor=%00", "cursor=AA", "cursor=x&cursor=y", "offset=1"])(
    "are not listed by ?%s (B-77)",
    async (query) => {
      expect((await history.callAs("alice")("get", `/rooms?${query}`)).status).toBe(400);
    },
  );

  test("that are deleted let nobody in, for everybody, at once", async () => {
    const { id } = await make("alice", "public");
    await history.callAs("bob")("put", `/rooms/${id}/members/bob`);
    await history.callAs("alice")("delete", `/rooms/${id}`);
    for (const who of ["alice", "bob", "eve"]) {
      expect(await accessOf(id, who)).toMatchObject({ read: false, write: false, role: null, version: 4 });
      expect((await history.callAs(who)("put", `/rooms/${id}/members/${who}`)).status).toBe(403);
    }
    await expect.poll(() => eventsOf(id).at(-1)).toEqual({ roomId: id, version: 4, change: "deleted" });
    expect((await history.callAs("alice")("delete", `/rooms/${id}`)).status).toBe(204);
  });

  test("are renamed by those who may, and say so to nobody's access", async () => {
    const { id } = await make("alice", "private");
    const { body } = await history.callAs("alice")("patch", `/rooms/${id}`, { name: " New name " });
    expect(RoomAnswer.parse(body).room).toMatchObject({ name: "New name", role: "owner" });
    expect(await accessOf(id, "alice")).toMatchObject({ version: 2 });
    expect((await history.callAs("alice")("patch", `/rooms/${id}`, { name: "" })).status).toBe(400);
  });

  test("joining twice, inviting twice, leaving twice change nothing the second time", async () => {
    const { id } = await make("alice", "public");
    const calls = [
      ["bob", "put", "bob"],
      ["alice", "put", "bob"],
      ["bob", "delete", "bob"],
      ["alice", "delete", "bob"],
    ] as const;
    for (const [who, method, to] of calls)
      for (let n = 0; n < 2; n++)
        expect((await history.callAs(who)(method, `/rooms/${id}/members/${to}`)).status).toBeLessThan(300);
    expect((await accessOf(id, "bob")).version).toBe(4);
  });

  test("tell of a member the name, the role, and until when they are muted", async () => {
    const { id } = await make("alice", "public");
    await history.callAs("bob")("put", `/rooms/${id}/members/bob`);
    await history.callAs("alice")("put", `/rooms/${id}/mutes/bob`, { seconds: 60 });
    const { body } = await history.callAs("bob")("put", `/rooms/${id}/members/bob`);
    const { member } = MemberAnswer.parse(body);
    expect(member).toMatchObject({ accountId: "bob", name: "bob's name", role: "member" });
    expect(Date.parse(member.mutedUntil!) - Date.now()).toBeGreaterThan(50_000);
    for (const seconds of [0, 31_536_001, 1.5, "60", null])
      expect((await history.callAs("alice")("put", `/rooms/${id}/mutes/bob`, { seconds })).status).toBe(400);
  });

  test("a mute outlasts leaving and coming back (B-54)", async () => {
    const { id } = await make("alice", "public");
    const bob = history.callAs("bob");
    await bob("put", `/rooms/${id}/members/bob`);
    await history.callAs("alice")("put", `/rooms/${id}/mutes/bob`, { seconds: 60 });
    await bob("delete", `/rooms/${id}/members/bob`);
    await bob("put", `/rooms/${id}/members/bob`);
    expect(await accessOf(id, "bob")).toMatchObject({ read: true, write: false, role: "member" });
    await history.callAs("alice")("delete", `/rooms/${id}/mutes/bob`);
    expect(await accessOf(id, "bob")).toMatchObject({ read: true, write: true });
  });

  test("handed over have one owner: the old one moderates, and may then leave", async () => {
    const { id } = await make("alice", "private");
    await history.callAs("alice")("put", `/rooms/${id}/members/bob`);
    expect((await history.callAs("alice")("delete", `/rooms/${id}/members/alice`)).status).toBe(409);
    expect((await history.callAs("alice")("put", `/rooms/${id}/members/bob`, { role: "owner" })).status).toBe(200);
    expect([(await accessOf(id, "alice")).role, (await accessOf(id, "bob")).role]).toEqual(["moderator", "owner"]);
    expect((await history.callAs("alice")("delete", `/rooms/${id}/members/alice`)).status).toBe(204);
    expect((await history.callAs("bob")("delete", `/rooms/${id}/members/bob`)).status).toBe(204);
  });

  test("joins and removals at once are numbered without holes, and the last one stands in access and in events", async () => {
    const { id } = await make("alice", "public");
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 2 === 0
          ? history.callAs("bob")("put", `/rooms/${id}/members/bob`)
          : history.callAs("alice")("delete", `/rooms/${id}/members/bob`),
      ),
    );
    const { version, read } = await accessOf(id, "bob");
    await expect.poll(() => eventsOf(id)).toHaveLength(version);
    const numbered = eventsOf(id).toSorted((one, other) => one.version - other.version);
    expect(numbered.map((event) => event.version)).toEqual(Array.from({ length: version }, (_, n) => n + 1));
    expect(numbered.at(-1)?.change).toBe(read ? "joined" : "removed");
  });

  test("changes are written down with who did what to whom, and from where; an address that nobody trusted forwards is ignored (B-87)", async () => {
    const { id } = await make("alice", "private");
    await history.callAs("alice")("put", `/rooms/${id}/members/bob`);
    await request(history.server)
      .put(`/rooms/${id}/bans/bob`)
      .set({ authorization: await history.authorizationOf("alice"), "x-forwarded-for": "203.0.113.7" })
      .set("x-http-method-override", "DELETE")
      .expect(204);
    const { rows } = await history.pool.query(
      "SELECT action, actor, target, address FROM chat.audit WHERE room_id = $1 ORDER BY id",
      [id],
    );
    const address = "127.0.0.1";
    expect(rows).toEqual([
      { action: "room.created", actor: "alice", target: null, address },
      { action: "member.invited", actor: "alice", target: "bob", address },
      { action: "member.banned", actor: "alice", target: "bob", address },
    ]);
  });

  test("need an account's token (B-61)", async () => {
    expect((await history.callInternally("get", "/rooms")).status).toBe(401);
    expect((await history.callInternally("post", "/rooms", { name: "Room", kind: "public" })).status).toBe(401);
  });
});

describe("rooms that nobody made", () => {
  let history: History;
  beforeAll(async () => {
    history = await openHistory();
  });
  afterAll(() => history.close());

  test("come into being when the first joins, who owns them; of many at once one does", async () => {
    const roomId = randomUUID();
    const roles = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const { body } = await history.callAs(`joiner ${n}`)("put", `/rooms/${roomId}/members/joiner ${n}`);
        return MemberAnswer.parse(body).member.role;
      }),
    );
    expect(roles.toSorted()).toEqual([...Array.from({ length: 9 }, () => "member"), "owner"]);
  });

  test("and came with a message belong to the first who joins", async () => {
    const roomId = randomUUID();
    await record(history.bus, [messageFor(roomId)]);
    for (const [who, role] of [
      ["alice", "owner"],
      ["bob", "member"],
    ])
      expect((await history.callAs(who!)("put", `/rooms/${roomId}/members/${who}`)).body.member.role).toBe(role);
  });

  test("are not of two people, whatever their id looks like", async () => {
    const roomId = `dm-${"y".repeat(43)}`;
    expect((await history.callAs("eve")("put", `/rooms/${roomId}/members/eve`)).status).toBe(403);
  });

  test("can shut out who never joined: removed they may join again, banned they may not", async () => {
    const roomId = randomUUID();
    const [owner, guest] = [history.callAs("owner"), history.callAs("guest")];
    await owner("put", `/rooms/${roomId}/members/owner`);
    const access = async () =>
      (await history.callInternally("get", `/internal/rooms/${roomId}/access/guest`)).body as AccessAnswer;
    expect(await access()).toMatchObject({ read: true, write: true, role: null });
    await owner("delete", `/rooms/${roomId}/members/guest`);
    expect(await access()).toMatchObject({ read: false, write: false });
    expect((await guest("put", `/rooms/${roomId}/members/guest`)).status).toBe(200);
    await owner("put", `/rooms/${roomId}/bans/guest`);
    expect(await access()).toMatchObject({ read: false, write: false });
    expect((await guest("put", `/rooms/${roomId}/members/guest`)).status).toBe(403);
    await owner("delete", `/rooms/${roomId}/bans/guest`);
    expect(await access()).toMatchObject({ read: true, write: true, role: null });
  });
});
