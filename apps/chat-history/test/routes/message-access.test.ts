import { randomUUID } from "node:crypto";
import type { ChatTimestampPubSub } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messageFor, openHistory, record } from "../fixture.ts";

describe("who may read and change messages, where rooms are made first", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  beforeAll(async () => {
    history = await openHistory({ env: { ROOMS_AUTO_CREATE: "false" } });
  });
  afterAll(() => history.close());

  /** Of alice's, with a moderator and two members, and a message of the member's. */
  async function furnish(kind: "public" | "private" = "private") {
    const roomId = randomUUID();
    const alice = history.callAs("alice");
    await alice("post", "/rooms", { id: roomId, name: "Room", kind });
    await alice("put", `/rooms/${roomId}/members/moderator`, { role: "moderator" });
    for (const who of ["member", "other"]) await alice("put", `/rooms/${roomId}/members/${who}`);
    const [stored] = (await record(history.bus, [messageFor(roomId, { sender: "member" })])) as ChatTimestampPubSub[];
    return { roomId, id: stored!.id, alice };
  }

  async function statusesOf(who: string, roomId: string, id: string) {
    const call = history.callAs(who);
    const answers = [
      await call("get", `/${roomId}/messages`),
      await call("patch", `/${roomId}/messages/${id}`, { content: `by ${who}` }),
      await call("delete", `/${roomId}/messages/${id}`),
    ];
    return answers.map(({ status }) => status);
  }

  test.each([
    ["eve", [403, 403, 403]],
    ["other", [200, 403, 403]],
    ["member", [200, 200, 200]],
    ["moderator", [200, 403, 200]],
    ["alice", [200, 403, 200]],
  ])("%s: reading, editing and deleting a member's message are answered %j (B-81, B-82)", async (who, statuses) => {
    const { roomId, id } = await furnish();
    expect(await statusesOf(who, roomId, id)).toEqual(statuses);
  });

  test.each([
    ["one who never joined a public room", "public", undefined],
    ["who left", "private", ["member", "delete", "members/member"]],
    ["who was removed", "private", ["alice", "delete", "members/member"]],
    ["who is banned", "public", ["alice", "put", "bans/member"]],
    ["who was in a room that was deleted a moment ago", "private", ["alice", "delete", ""]],
  ] as const)("%s can do nothing, not even with their own message (B-54, B-81)", async (_, kind, act) => {
    const { roomId, id } = await furnish(kind);
    if (act) await history.callAs(act[0])(act[1], `/rooms/${roomId}/${act[2]}`.replace(/\/$/, ""));
    expect(await statusesOf(act ? "member" : "eve", roomId, id)).toEqual([403, 403, 403]);
    const { rows } = await history.pool.query("SELECT content, is_deleted FROM chat.message WHERE id = $1", [id]);
    expect(rows).toEqual([{ content: "text", is_deleted: false }]);
  });

  test("who is muted reads, and changes nothing, until it ends (B-54)", async () => {
    const { roomId, id, alice } = await furnish();
    await alice("put", `/rooms/${roomId}/mutes/member`, { seconds: 60 });
    expect(await statusesOf("member", roomId, id)).toEqual([200, 403, 403]);
    await alice("delete", `/rooms/${roomId}/mutes/member`);
    expect(await statusesOf("member", roomId, id)).toEqual([200, 200, 200]);
  });

  test("a message's id opens nothing in another room (B-81)", async () => {
    const [own, other] = [await furnish(), await furnish()];
    await history.callAs("alice")("put", `/rooms/${own.roomId}/members/eve`);
    for (const roomId of [own.roomId, randomUUID()]) {
      const statuses = await statusesOf("eve", roomId, other.id);
      expect(statuses.slice(1)).toEqual(roomId === own.roomId ? [404, 404] : [403, 403]);
    }
    expect((await statusesOf("member", own.roomId, other.id)).slice(1)).toEqual([404, 404]);
    const { rows } = await history.pool.query("SELECT content, is_deleted FROM chat.message WHERE id = $1", [other.id]);
    expect(rows).toEqual([{ content: "text", is_deleted: false }]);
  });

  test("a private room and one that is not there are refused alike, and as fast (B-54)", async () => {
    const { roomId } = await furnish();
    const eve = history.callAs("eve");
    const times: Record<string, number[]> = { there: [], missing: [] };
    const texts = new Set<string>();
    for (let n = 0; n < 40; n++)
      for (const [which, at] of [
        ["there", roomId],
        ["missing", randomUUID()],
      ] as const) {
        const startMs = performance.now();
        const { status, body } = await eve("get", `/${at}/messages`);
        times[which]!.push(performance.now() - startMs);
        texts.add(`${status} ${body.error.code} ${body.error.message}`);
      }
    expect([...texts]).toEqual(["403 FORBIDDEN This is not allowed."]);
    const [there, missing] = Object.values(times).map((list) => list.toSorted((one, other) => one - other)[20]!);
    expect(Math.abs(there! - missing!)).toBeLessThan(20);
  });

  test("what a moderator deletes is written down, what an author deletes is not", async () => {
    const { roomId, id } = await furnish();
    const [own] = (await record(history.bus, [messageFor(roomId, { sender: "moderator" })])) as ChatTimestampPubSub[];
    for (const one of [id, own!.id]) await history.callAs("moderator")("delete", `/${roomId}/messages/${one}`);
    const { rows } = await history.pool.query(
      "SELECT actor, target, detail FROM chat.audit WHERE room_id = $1 AND action = 'message.deleted'",
      [roomId],
    );
    expect(rows).toEqual([{ actor: "moderator", target: "member", detail: id }]);
  });

  test("two edits at once are one after the other, and one is final (B-82)", async () => {
    const { roomId, id } = await furnish();
    const contents = ["one", "other"];
    const call = history.callAs("member");
    const answers = await Promise.all(
      contents.map((content) => call("patch", `/${roomId}/messages/${id}`, { content })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const last = answers.toSorted((a, b) => a.body.message.changeSeq - b.body.message.changeSeq).at(-1)!;
    const { body } = await call("get", `/${roomId}/messages`);
    expect(body.messages).toMatchObject([{ content: last.body.message.content, changeSeq: 3 }]);
  });

  test("answers are for nobody else (B-88)", async () => {
    const { roomId } = await furnish();
    const { headers } = await history.callAs("member")("get", `/${roomId}/messages`);
    expect([headers["cache-control"], headers["vary"]]).toEqual(["no-store, private", "Authorization"]);
  });
});

describe("in a public room that nobody made", () => {
  test("everybody reads and changes their own, but for who was sent away", async () => {
    const history = await openHistory();
    const roomId = randomUUID();
    const [stored] = (await record(history.bus, [messageFor(roomId, { sender: "guest" })])) as ChatTimestampPubSub[];
    const guest = history.callAs("guest");
    const path = `/${roomId}/messages/${stored!.id}`;
    expect((await guest("patch", path, { content: "new" })).status).toBe(200);
    await history.callAs("alice")("put", `/rooms/${roomId}/members/alice`);
    await history.callAs("alice")("delete", `/rooms/${roomId}/members/guest`);
    expect((await guest("get", `/${roomId}/messages`)).status).toBe(403);
    expect((await guest("delete", path)).status).toBe(403);
    await guest("put", `/rooms/${roomId}/members/guest`);
    expect((await guest("delete", path)).status).toBe(200);
    await history.close();
  });

  test("a room of two that is not there is nobody's to read", async () => {
    const history = await openHistory();
    expect((await history.callAs("eve")("get", `/dm-${"x".repeat(43)}/messages`)).status).toBe(403);
    await history.close();
  });
});
