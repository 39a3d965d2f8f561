import { randomUUID } from "node:crypto";
import { StoredMessage, type ChatTimestampPubSub } from "@parley/contracts";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { channels, messageFor, openHistory, record } from "../fixture.ts";

const author = "reader"; // Whom the fixture's token names.

describe("changing a message", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  const updates: StoredMessage[] = [];

  beforeAll(async () => {
    history = await openHistory();
    await history.bus.subscribe(channels.update, (payload) => updates.push(StoredMessage.parse(JSON.parse(payload))));
  });
  afterAll(() => history.close());

  async function store(roomId: string, sender = author) {
    const [outcome] = await record(history.bus, [messageFor(roomId, { sender })]);
    return outcome as ChatTimestampPubSub;
  }
  const call = (method: "patch" | "delete" | "get", path: string, body?: object) =>
    request(history.server)[method](path).set({ authorization: history.authorization }).send(body);
  const heard = (id: string) => updates.filter((update) => update.id === id);

  test("edits the author's own, takes the room's next changeSeq, and tells the room (P-11)", async () => {
    const roomId = randomUUID();
    const [first] = [await store(roomId), await store(roomId)];
    const { body } = await call("patch", `/${roomId}/messages/${first.id}`, { content: "better\u0007" }).expect(200);
    expect(body.message).toMatchObject({ id: first.id, seq: 1, changeSeq: 3, content: "better", deleted: false });
    expect(body.message.editedAt).not.toBeNull();
    await expect.poll(() => heard(first.id)).toEqual([body.message]);
    const page = await call("get", `/${roomId}/messages?changedAfter=2`).expect(200);
    expect(page.body).toMatchObject({ messages: [body.message], position: { seq: 2, changeSeq: 3 } });
  });

  test("deletes to a tombstone, which pages give with `after` and `changedAfter` only", async () => {
    const roomId = randomUUID();
    const { id } = await store(roomId);
    await store(roomId);
    const { body } = await call("delete", `/${roomId}/messages/${id}`).expect(200);
    expect(body.message).toMatchObject({ id, seq: 1, changeSeq: 3, content: "", deleted: true, editedAt: null });
    const seqs = async (query: string) =>
      (await call("get", `/${roomId}/messages${query}`)).body.messages.map(({ seq }: StoredMessage) => seq);
    expect(await Promise.all(["", "?before=3", "?after=0", "?changedAfter=2"].map(seqs))).toEqual([
      [2],
      [2],
      [1, 2],
      [1],
    ]);
  });

  test("changes nothing when asked again for what is so already", async () => {
    const roomId = randomUUID();
    const { id } = await store(roomId);
    const path = `/${roomId}/messages/${id}`;
    const [edited, again] = [
      await call("patch", path, { content: "new" }).expect(200),
      await call("patch", path, { content: "new" }).expect(200),
    ];
    expect(again.body).toEqual(edited.body);
    const [deleted, deletedAgain] = [await call("delete", path).expect(200), await call("delete", path).expect(200)];
    expect(deletedAgain.body).toEqual(deleted.body);
    await expect.poll(() => heard(id)).toHaveLength(2);
  });

  test("recognises a retry of the content first sent after an edit and after a deletion (P-23)", async () => {
    const roomId = randomUUID();
    const message = messageFor(roomId, { sender: author, content: "first" });
    const [stored] = (await record(history.bus, [message])) as ChatTimestampPubSub[];
    for (const [method, content] of [
      ["patch", "edited"],
      ["delete", ""],
    ] as const) {
      await call(method, `/${roomId}/messages/${stored!.id}`, { content }).expect(200);
      const [retried] = await record(history.bus, [{ ...message, via: randomUUID() }]);
      expect(retried).toMatchObject({ id: stored!.id, seq: 1, stored: { content, deleted: method === "delete" } });
    }
    const [other] = await record(history.bus, [{ ...message, via: randomUUID(), content: "edited" }]);
    expect(other).toMatchObject({ code: "CONFLICT" });
  });

  test("gives changeSeq without holes to creations, edits and deletions at once (G-4, P-11)", async () => {
    const roomId = randomUUID();
    const created = [];
    for (let n = 0; n < 10; n++) created.push(await store(roomId));
    const total = 60;
    await Promise.all([
      record(
        history.bus,
        Array.from({ length: 20 }, () => messageFor(roomId)),
      ),
      ...created.flatMap(({ id }, n) =>
        Array.from({ length: 3 }, (_, k) =>
          call("patch", `/${roomId}/messages/${id}`, { content: `${n} ${k}` }).expect(200),
        ),
      ),
    ]);
    const { rows } = await history.pool.query(
      "SELECT last_seq::int AS seq, last_change_seq::int AS change FROM chat.room WHERE id = $1",
      [roomId],
    );
    expect(rows).toEqual([{ seq: 30, change: total }]);
    const told = updates.filter((update) => update.roomId === roomId).map(({ changeSeq }) => changeSeq);
    expect(new Set(told).size).toBe(30);
  });

  test.each([
    ["somebody else's", "patch", 403, "FORBIDDEN"],
    ["somebody else's", "delete", 403, "FORBIDDEN"],
    ["a deleted", "patch", 409, "CONFLICT"],
    ["an unknown", "patch", 404, "NOT_FOUND"],
    ["an unknown", "delete", 404, "NOT_FOUND"],
    ["no", "patch", 400, "INVALID"],
  ] as const)("refuses %s message: %s", async (which, method, status, code) => {
    const roomId = randomUUID();
    const { id } = await store(roomId, which === "somebody else's" ? "bob" : author);
    if (which === "a deleted") await call("delete", `/${roomId}/messages/${id}`).expect(200);
    const named = which === "an unknown" ? randomUUID() : which === "no" ? "1" : id;
    const { body } = await call(method, `/${roomId}/messages/${named}`, { content: "new" }).expect(status);
    expect(body.error.code).toBe(code);
  });

  test("refuses a message of another room, content that shows nothing, is too long or is missing, and strangers", async () => {
    const roomId = randomUUID();
    const { id } = await store(roomId);
    const path = `/${roomId}/messages/${id}`;
    const codeOf = async (at: string, body: object) => (await call("patch", at, body)).body.error.code;
    expect(await codeOf(`/${randomUUID()}/messages/${id}`, { content: "new" })).toBe("NOT_FOUND");
    expect(await codeOf(path, { content: " \u200b" })).toBe("INVALID");
    expect(await codeOf(path, { content: "x".repeat(4_001) })).toBe("TOO_LONG");
    expect(await codeOf(path, {})).toBe("INVALID");
    await request(history.server).patch(path).send({ content: "new" }).expect(401);
    await request(history.server).delete(path).expect(401);
  });

  test("says UNAVAILABLE when the room stays locked, and changes nothing", async () => {
    const roomId = randomUUID();
    const { id } = await store(roomId);
    const blocker = await history.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT FROM chat.room WHERE id = $1 FOR UPDATE", [roomId]);
    await call("patch", `/${roomId}/messages/${id}`, { content: "new" }).expect(503).expect("Retry-After", "1");
    await blocker.query("ROLLBACK");
    blocker.release();
    const { body } = await call("get", `/${roomId}/messages`).expect(200);
    expect(body).toMatchObject({ messages: [{ content: "text" }], position: { changeSeq: 1 } });
  });
});

test("an account that changes too fast is told when to go on, others are not (RATE_LIMITED)", async () => {
  const history = await openHistory({ env: { CHANGES_PER_SECOND_MAX: "1", CHANGES_BURST_MAX: "2" } });
  const remove = () =>
    request(history.server).delete(`/room/messages/${randomUUID()}`).set({ authorization: history.authorization });
  await remove().expect(404);
  await remove().expect(404);
  const { body } = await remove().expect(429).expect("Retry-After", "1");
  expect(body.error.code).toBe("RATE_LIMITED");
  await history.close();
});
