import { randomUUID } from "node:crypto";
import { ChatMessagePubSub, ChatTimestampPubSub } from "@parley/contracts";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import type { ChatClient } from "../src/chat-client.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf, Inbox } from "../src/inbox.ts";
import { openRaw } from "../src/raw-client.ts";
import { connectStompit } from "../src/stompit-client.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

describe("two chat-ws and two chat-history on one Redis", () => {
  let cluster: Cluster;
  let pool: Pool;
  let redis: Redis;
  let [alice, bob]: Person[] = [];
  let clients: ChatClient[] = [];

  beforeAll(async () => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 2 });
    pool = new Pool({ connectionString: cluster.databaseUrl });
    redis = new Redis(cluster.redisUrl);
    [alice, bob] = await Promise.all([signUp(cluster.auth.url, "Alice"), signUp(cluster.auth.url, "Bob")]);
    clients = [
      await connectStompjs(cluster.gateways[0]!.url, alice),
      await connectStompit(cluster.gateways[1]!.url, bob),
    ];
  });
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    redis.disconnect();
    await pool.end();
    await cluster.close();
  });

  const rows = async (roomId: string) =>
    (await pool.query("SELECT seq::int, content, temp_id FROM chat.message WHERE room_id = $1 ORDER BY seq", [roomId]))
      .rows;

  test("everybody sees the same messages in the same order, and history has each once (G-3, G-5)", async () => {
    const roomId = randomUUID();
    const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId)));
    const count = 50;
    await Promise.all(
      clients.flatMap((client, who) =>
        Array.from({ length: count }, (_, n) => client.send({ roomId, content: `${who}: ${n}`, tempId: randomUUID() })),
      ),
    );
    const total = clients.length * count;
    await Promise.all(inboxes.map((inbox) => inbox.until(() => confirmedOf(inbox).length === total)));
    const [seen, other] = inboxes.map(confirmedOf);
    expect(seen).toEqual(other);
    expect(seen!.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    for (const history of cluster.histories) {
      const stored = (await readHistory(history.url, roomId, alice!)).map(({ seq, id, content }) => ({
        seq,
        id,
        content,
      }));
      expect(stored).toEqual(seen);
    }
    expect(await rows(roomId)).toHaveLength(total);
  });

  test("each sender's messages keep the order in which they were sent (G-6)", async () => {
    const roomId = randomUUID();
    const contents = Array.from({ length: 200 }, (_, n) => `${n}`);
    await Promise.all(contents.map((content) => clients[0]!.send({ roomId, content })));
    expect((await rows(roomId)).map(({ content }) => content)).toEqual(contents);
  });

  test("a RECEIPT means stored: a GET right after it finds the message, on any instance (G-1)", async () => {
    const roomId = randomUUID();
    for (let n = 1; n <= 10; n++) {
      await clients[n % 2]!.send({ roomId, content: `${n}` });
      for (const history of cluster.histories) expect(await readHistory(history.url, roomId, bob!)).toHaveLength(n);
    }
  });

  test("the channels are called and carry what the contract says", async () => {
    const roomId = randomUUID();
    const listener = redis.duplicate();
    const [messages, timestamps] = [new Inbox<unknown>(), new Inbox<unknown>()];
    listener.on("message", (channel, payload) =>
      (channel === "chat-message" ? messages : timestamps).push(JSON.parse(payload)),
    );
    await listener.subscribe("chat-message", "chat-timestamp");
    const tempId = randomUUID();
    await clients[0]!.send({ roomId, content: "hello", tempId });
    const of = (inbox: Inbox<unknown>) => inbox.all.find((item) => (item as { roomId: string }).roomId === roomId);
    await timestamps.until(() => of(timestamps) !== undefined);
    const published = ChatMessagePubSub.parse(of(messages));
    expect(published).toMatchObject({
      roomId,
      tempId,
      sender: alice!.accountId,
      senderName: "Alice",
      content: "hello",
    });
    expect(published.via).toMatch(/^gateway-1\./);
    expect(Object.keys(of(messages) as object)[0]).toBe("roomId"); // Gateways read it before they parse.
    expect(ChatTimestampPubSub.parse(of(timestamps))).toMatchObject({
      roomId,
      tempId,
      seq: 1,
      changeSeq: 1,
      via: published.via,
      editedAt: null,
    });
    listener.disconnect();
  });

  test("the preview comes first and has no seq; the confirmation gives the real id its place", async () => {
    const roomId = randomUUID();
    const inbox = await clients[1]!.subscribe(roomId);
    const tempId = randomUUID();
    await clients[0]!.send({ roomId, content: "hello", tempId });
    await inbox.until((all) => all.length === 2);
    const [preview, confirmation] = inbox.all;
    expect(preview).toEqual({
      id: tempId,
      tempId,
      roomId,
      sender: alice!.accountId,
      senderName: "Alice",
      content: "hello",
      seq: null,
      changeSeq: null,
      createdAt: null,
      editedAt: null,
      deleted: false,
    });
    expect(confirmation).toMatchObject({ tempId, roomId, sender: alice!.accountId, seq: 1, changeSeq: 1 });
    expect(confirmation).not.toHaveProperty("content");
    expect(confirmation!.id).not.toBe(tempId);
  });

  test("the same SEND twice gives one row and two RECEIPTs, through whichever instance (G-3)", async () => {
    const [roomId, tempId] = [randomUUID(), randomUUID()];
    const again = await connectStompjs(cluster.gateways[1]!.url, alice!);
    const message = { roomId, content: "once", tempId };
    await Promise.all([clients[0]!.send(message), clients[0]!.send(message), again.send(message)]);
    await again.send(message);
    await again.close();
    expect(await rows(roomId)).toEqual([{ seq: 1, content: "once", temp_id: tempId }]);
  });

  test("a client that sends neither tempId nor sender nor asks for a RECEIPT is served", async () => {
    const roomId = randomUUID();
    const inbox = await clients[1]!.subscribe(roomId);
    const seed = await openRaw(cluster.gateways[0]!.url, alice);
    seed.send("SEND", { destination: "/app/chat" }, JSON.stringify({ roomId, content: "plain" }));
    await inbox.until((all) => all.length === 2);
    expect(confirmedOf(inbox)).toMatchObject([{ seq: 1, content: "plain" }]);
    expect(await rows(roomId)).toHaveLength(1);
    seed.close();
  });

  test("publications lost on the way are fetched before anything later, the last one too (P-1, P-2)", async () => {
    const roomId = randomUUID();
    const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId)));
    const total = 200;
    const sent = Array.from({ length: total }, async (_, n) => {
      await inboxes[0]!.until((all) => all.length >= n - 20);
      if (n % 50 === 25) await redis.call("CLIENT", "KILL", "TYPE", "pubsub");
      await clients[n % 2]!.send({ roomId, content: `${n}` }).catch(() => {});
    });
    await Promise.all(inboxes.map((inbox) => inbox.until(() => confirmedOf(inbox).at(-1)?.seq === total)));
    await Promise.all(sent);
    for (const inbox of inboxes) {
      const confirmed = confirmedOf(inbox);
      expect(confirmed.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
      expect(confirmed.filter(({ content }) => content === "never given")).toEqual([]);
    }
  });

  test("the log is empty once everything is stored", async () => {
    await clients[0]!.send({ roomId: randomUUID(), content: "last" });
    await expect.poll(() => redis.xlen("chat-message:log")).toBe(0);
  });
});
