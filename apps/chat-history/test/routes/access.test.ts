import { randomUUID } from "node:crypto";
import {
  AccessAnswer,
  AccessAnswers,
  accessChangesMax,
  AccessChangesAnswer,
  ChatAccessPubSub,
  createPartitioning,
  type AccessChange,
} from "@parley/contracts";
import { createLog, createTurns } from "@parley/service";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccessTeller } from "../../src/access-teller.ts";
import { createRoomChanges, type MemberState, type RoomChanges } from "../../src/store/room-change.ts";
import { openHistory, serviceToken } from "../fixture.ts";

const authorization = `Bearer ${serviceToken}`;
const member: MemberState = { status: "member", role: "member", mutedUntil: null, joinedAt: new Date() };

describe.each([
  { mode: "rooms are made first", env: { ROOMS_AUTO_CREATE: "false" }, isOpen: false },
  { mode: "ROOMS_AUTO_CREATE", env: { ROOMS_AUTO_CREATE: "true" }, isOpen: true },
])("access when $mode", ({ env, isOpen }) => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  let changes: RoomChanges;
  const events: ChatAccessPubSub[] = [];

  beforeAll(async () => {
    history = await openHistory({ env });
    const partitioning = createPartitioning(1);
    changes = createRoomChanges({
      pool: history.pool,
      turns: createTurns({ atOnceMax: 4, waitingMax: 100 }),
      tell: createAccessTeller({ bus: history.bus, partitioning, log: createLog("test", "silent") }),
    });
    const { access } = partitioning.all[0]!;
    await history.bus.subscribe(access, (payload) => events.push(ChatAccessPubSub.parse(JSON.parse(payload))));
  });
  afterAll(() => history.close());

  async function makeRoom(kind: "public" | "private" = "private", roomId: string = randomUUID()) {
    await history.pool.query("INSERT INTO chat.room (id, kind) VALUES ($1, $2)", [roomId, kind]);
    return roomId;
  }
  const put = (roomId: string, accountId: string, change: AccessChange, state: MemberState) =>
    changes.run(roomId, (room) => room.putMember(accountId, change, state));

  async function accessOf(roomId: string, accountId: string) {
    const path = `/internal/rooms/${roomId}/access/${encodeURIComponent(accountId)}`;
    const { body } = await request(history.server).get(path).set({ authorization }).expect(200);
    return AccessAnswer.parse(body);
  }
  async function changesSince(rooms: { roomId: string; after: number }[]) {
    const { body } = await request(history.server)
      .post("/internal/access/changes")
      .set({ authorization })
      .send({ rooms })
      .expect(200);
    return AccessChangesAnswer.parse(body);
  }

  const outside = { read: false, write: false, role: null };
  const guest = isOpen ? { read: true, write: true, role: null } : outside;

  test("is the member's, by role, and nobody else's in a private room", async () => {
    const roomId = await makeRoom();
    await put(roomId, "alice", "joined", { ...member, role: "moderator" });
    expect(await accessOf(roomId, "alice")).toEqual({ read: true, write: true, role: "moderator", version: 1 });
    expect(await accessOf(roomId, "bob")).toEqual({ ...outside, version: 1 });
    await put(roomId, "alice", "removed", { ...member, status: "removed" });
    expect(await accessOf(roomId, "alice")).toEqual({ ...outside, version: 2 });
  });

  test("to a public room is everybody's only where rooms need not be made, but for who was sent away", async () => {
    const roomId = await makeRoom("public");
    expect(await accessOf(roomId, "alice")).toEqual({ ...guest, version: 0 });
    expect(await accessOf(randomUUID(), "alice")).toEqual({ ...guest, version: 0 });
    for (const [n, status] of (["removed", "banned", "left"] as const).entries()) {
      await put(roomId, "alice", status === "left" ? "unbanned" : status, { ...member, status });
      expect(await accessOf(roomId, "alice")).toEqual({ ...(status === "left" ? guest : outside), version: n + 1 });
    }
  });

  test("to a room of two that is not there is nobody's, whatever its id looks like", async () => {
    expect(await accessOf(`dm-${"x".repeat(43)}`, "alice")).toEqual({ ...outside, version: 0 });
  });

  test("tells a muted member when they may write again (B-54)", async () => {
    const roomId = await makeRoom();
    await put(roomId, "alice", "muted", { ...member, mutedUntil: new Date(Date.now() + 60_000) });
    const { mutedMs, ...rest } = await accessOf(roomId, "alice");
    expect(rest).toEqual({ read: true, write: false, role: "member", version: 1 });
    expect(mutedMs).toBeGreaterThan(50_000);
    expect(mutedMs).toBeLessThanOrEqual(60_000);
    await put(roomId, "alice", "muted", { ...member, mutedUntil: new Date(Date.now() - 1) });
    expect(await accessOf(roomId, "alice")).toEqual({ read: true, write: true, role: "member", version: 2 });
  });

  test("to a deleted room is nobody's", async () => {
    const roomId = await makeRoom("public");
    await put(roomId, "alice", "joined", member);
    await history.pool.query("UPDATE chat.room SET deleted_at = now() WHERE id = $1", [roomId]);
    expect(await accessOf(roomId, "alice")).toEqual({ ...outside, version: 1 });
    expect(await accessOf(roomId, "bob")).toEqual({ ...outside, version: 1 });
  });

  test("is answered for a thousand places at once, in the order asked", async () => {
    const roomId = await makeRoom();
    await put(roomId, "member 500", "joined", member);
    const asked = Array.from({ length: 1_000 }, (_, n) => ({ roomId, accountId: `member ${n}` }));
    const { body } = await request(history.server)
      .post("/internal/access")
      .set({ authorization })
      .send({ asked })
      .expect(200);
    const { answers } = AccessAnswers.parse(body);
    expect(answers).toHaveLength(1_000);
    expect(answers.flatMap(({ read }, n) => (read ? [n] : []))).toEqual([500]);
  });

  test("changes are numbered without holes, and told once they are committed, whoever changes it at once", async () => {
    const roomId = await makeRoom();
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => put(roomId, `member ${n % 10}`, "joined", { ...member, role: "member" })),
    );
    await expect.poll(() => events.filter((event) => event.roomId === roomId).length).toBe(40);
    const versions = events.flatMap((event) => (event.roomId === roomId ? [event.version] : []));
    expect(versions.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    const { changes: latest, rooms } = await changesSince([{ roomId, after: 0 }]);
    expect(rooms).toEqual([{ roomId, version: 40 }]);
    expect(latest).toHaveLength(10);
    for (const { accountId, version } of latest)
      expect(version).toBe(
        Math.max(
          ...events.flatMap((event) =>
            event.accountId === accountId && event.roomId === roomId ? [event.version] : [],
          ),
        ),
      );
  });

  test("nothing is changed or told when the work fails", async () => {
    const roomId = await makeRoom();
    const failing = changes.run(roomId, async (room) => {
      await room.putMember("alice", "joined", member);
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await accessOf(roomId, "alice")).toEqual({ ...outside, version: 0 });
    expect(events.filter((event) => event.roomId === roomId)).toEqual([]);
  });

  test("changes since a version: of each account the latest, of all the latest that concerns all", async () => {
    const [one, other, unknown] = [await makeRoom(), await makeRoom(), randomUUID()];
    await changes.run(one, async (room) => {
      await room.putAll("created");
      await room.putMember("alice", "joined", member);
      await room.putMember("bob", "joined", member);
      await room.putMember("alice", "left", { ...member, status: "left" });
    });
    await changes.run(other, (room) => room.putAll("deleted"));
    const rooms = [one, other, unknown].map((roomId) => ({ roomId, after: 0 }));
    const all = await changesSince(rooms);
    expect(all.rooms.map(({ roomId, version }) => [roomId, version])).toEqual([
      [one, 4],
      [other, 1],
      [unknown, 0],
    ]);
    expect(all.changes).toHaveLength(4);
    expect(all.changes).toEqual(
      expect.arrayContaining([
        { roomId: one, version: 1, change: "created" },
        { roomId: one, accountId: "bob", version: 3, change: "joined" },
        { roomId: one, accountId: "alice", version: 4, change: "left" },
        { roomId: other, version: 1, change: "deleted" },
      ]),
    );
    expect(await changesSince([{ roomId: one, after: 3 }])).toEqual({
      changes: [{ roomId: one, accountId: "alice", version: 4, change: "left" }],
      rooms: [{ roomId: one, version: 4 }],
    });
    expect(await changesSince([{ roomId: one, after: 9 }])).toEqual({
      changes: [],
      rooms: [{ roomId: one, version: 4 }],
    });
  });

  test.each([accessChangesMax - 200, accessChangesMax + 500])(
    "%i changes are all had by asking on, also beside rooms in which nothing changed",
    async (total) => {
      const [big, small] = [await makeRoom(), await makeRoom()];
      await history.pool.query(
        `WITH counted AS (INSERT INTO chat.room_access (room_id, version, members) VALUES ($1, $2::int, $2::int))
       INSERT INTO chat.room_member (room_id, account_id, status, role, version, change)
       SELECT $1, 'account ' || n, 'member', 'member', n, 'joined' FROM generate_series(1, $2::int) AS n`,
        [big, total],
      );
      await put(small, "alice", "joined", member);
      const quiet = Array.from({ length: 600 }, (_, n) => `quiet-${n}`);
      const seen: number[] = [];
      let rooms = [...quiet, big, small].map((roomId) => ({ roomId, after: 0 }));
      // As a gateway does: it asks on after a full answer, and only then.
      for (let isFull = true; isFull;) {
        const answer = await changesSince(rooms);
        seen.push(...answer.changes.filter(({ roomId }) => roomId === big).map(({ version }) => version));
        rooms = answer.rooms.map(({ roomId, version }) => ({ roomId, after: version }));
        isFull = answer.changes.length >= accessChangesMax;
      }
      expect(rooms.slice(-2).map(({ after }) => after)).toEqual([total, 1]);
      expect(seen).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    },
  );

  test.each([
    ["post", "/internal/access", { asked: [{ roomId: "../x", accountId: "a" }] }],
    ["post", "/internal/access", {}],
    ["post", "/internal/access/changes", { rooms: [{ roomId: "room", after: -1 }] }],
    ["get", "/internal/rooms/room/access/%00", undefined],
    ["get", "/internal/rooms/.x/access/a", undefined],
  ] as const)("refuses %s %s %j", async (method, path, body) => {
    await request(history.server)[method](path).set({ authorization }).send(body).expect(400);
    await request(history.server)[method](path).set("authorization", history.authorization).send(body).expect(401);
    await request(history.server)[method](path).send(body).expect(401);
  });
});
