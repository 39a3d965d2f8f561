import { randomUUID } from "node:crypto";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHistory } from "../fixture.ts";

describe("limits of rooms", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  beforeAll(async () => {
    history = await openHistory({
      env: {
        ROOMS_AUTO_CREATE: "false",
        ROOMS_PER_HOUR_MAX: "5",
        ROOMS_PER_ACCOUNT_MAX: "3",
        MEMBERS_PER_PRIVATE_ROOM_MAX: "4",
        BLOCKS_PER_ACCOUNT_MAX: "2",
      },
    });
  });
  afterAll(() => history.close());

  const make = (who: string, kind: "public" | "private" = "public") =>
    history.callAs(who)("post", "/rooms", { name: "Room", kind });
  async function makeMany(count: number, kind: "public" | "private" = "public") {
    const makers = Array.from({ length: count }, () => randomUUID());
    const answers = await Promise.all(makers.map((maker) => make(maker, kind)));
    return answers.map(({ body }, n) => ({ roomId: body.room.id as string, owner: makers[n]! }));
  }
  const count = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

  test("an account makes so many rooms in an hour, those with one other included, however many it asks for at once", async () => {
    const who = randomUUID();
    await history.callAs(who)("put", `/rooms/direct/${randomUUID()}`);
    for (let n = 0; n < 4; n++) {
      const { body } = await make(who);
      await history.callAs(who)("delete", `/rooms/${body.room.id}`);
    }
    const answers = await Promise.all([
      make(who),
      make(who),
      history.callAs(who)("put", `/rooms/direct/${randomUUID()}`),
    ]);
    for (const { status, body, headers } of answers) {
      expect([status, body.error.code]).toEqual([429, "RATE_LIMITED"]);
      expect(Number(headers["retry-after"])).toBeGreaterThan(3_500);
    }
    await history.pool.query("UPDATE chat.room SET created_at = now() - interval '1 hour' WHERE created_by = $1", [
      who,
    ]);
    expect((await make(who)).status).toBe(201);
  });

  test("an account is in so many rooms, those of two not counted, by joining or being invited, all at once", async () => {
    const who = randomUUID();
    await history.callAs(who)("put", `/rooms/direct/${randomUUID()}`);
    const rooms = await makeMany(8);
    const statuses = await Promise.all(
      rooms.map(async ({ roomId, owner }, n) => {
        const { status } = await history.callAs(n % 2 === 0 ? who : owner)("put", `/rooms/${roomId}/members/${who}`);
        return status;
      }),
    );
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([3, 5]);
    const left = rooms.find((_, n) => statuses[n] === 200);
    const free = rooms.find((_, n) => statuses[n] === 429);
    await history.callAs(who)("delete", `/rooms/${left!.roomId}/members/${who}`);
    expect((await history.callAs(who)("put", `/rooms/${free!.roomId}/members/${who}`)).status).toBe(200);
    const { body } = await make(who);
    expect(body.error.code).toBe("TOO_MANY");
  });

  test("a private room has so many members, invited all at once", async () => {
    const [room] = await makeMany(1, "private");
    const { roomId, owner } = room!;
    const invited = Array.from({ length: 10 }, () => randomUUID());
    const statuses = await Promise.all(
      invited.map(async (who) => (await history.callAs(owner)("put", `/rooms/${roomId}/members/${who}`)).status),
    );
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([3, 7]);
    await history.callAs(owner)("delete", `/rooms/${roomId}/members/${invited[statuses.indexOf(200)]}`);
    expect((await history.callAs(owner)("put", `/rooms/${roomId}/members/${randomUUID()}`)).status).toBe(200);
  });

  test("an account blocks so many", async () => {
    const who = history.callAs(randomUUID());
    const blocked = Array.from({ length: 3 }, () => randomUUID());
    const answers = [];
    for (const other of blocked) answers.push((await who("put", `/rooms/direct/${other}/block`)).status);
    expect(answers).toEqual([204, 204, 429]);
    expect((await who("put", `/rooms/direct/${blocked[0]}/block`)).status).toBe(204);
    await who("delete", `/rooms/direct/${blocked[0]}/block`);
    expect((await who("put", `/rooms/direct/${blocked[2]}/block`)).status).toBe(204);
  });
});

test("an account that changes too much is told when to go on, others are not (RATE_LIMITED)", async () => {
  const history = await openHistory({ env: { CHANGES_PER_SECOND_MAX: "1", CHANGES_BURST_MAX: "2" } });
  const roomId = randomUUID();
  const join = async (who: string) =>
    request(history.server)
      .put(`/rooms/${roomId}/members/${who}`)
      .set({ authorization: await history.authorizationOf(who) });
  expect([(await join("alice")).status, (await join("alice")).status]).toEqual([200, 200]);
  const refused = await join("alice");
  expect([refused.status, refused.body.error.code, refused.headers["retry-after"]]).toEqual([429, "RATE_LIMITED", "1"]);
  expect((await join("bob")).status).toBe(200);
  await history.close();
});

test("who is refused what is written down, and nothing of what was allowed besides", async () => {
  const history = await openHistory({ env: { ROOMS_AUTO_CREATE: "false" } });
  const { body } = await history.callAs("alice")("post", "/rooms", { name: "Room", kind: "private" });
  const roomId: string = body.room.id;
  const eve = history.callAs("eve");
  await eve("put", `/rooms/${roomId}/members/bob`);
  await eve("delete", `/${roomId}/messages/${randomUUID()}`);
  await eve("get", `/rooms/${roomId}`);
  const { rows } = await history.pool.query(
    "SELECT action, target, room_id, detail FROM chat.audit WHERE actor = 'eve' ORDER BY id",
  );
  const refused = { action: "access.refused", room_id: roomId };
  expect(rows).toEqual([
    { ...refused, target: "bob", detail: "PUT /rooms/:roomId/members/:accountId" },
    { ...refused, target: null, detail: "DELETE /:roomId/messages/:id" },
  ]);
  await history.close();
});
