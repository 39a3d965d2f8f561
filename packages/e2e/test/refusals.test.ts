import { randomUUID } from "node:crypto";
import { ChatRejected } from "@parley/contracts";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openRaw, type RawClient } from "../src/raw-client.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

describe("what is refused", () => {
  let cluster: Cluster;
  let pool: Pool;
  let [alice, bob]: Person[] = [];

  beforeAll(async () => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 1 });
    pool = new Pool({ connectionString: cluster.databaseUrl });
    [alice, bob] = await Promise.all([signUp(cluster.auth.url, "Alice"), signUp(cluster.auth.url, "Bob")]);
  });
  afterAll(async () => {
    await pool.end();
    await cluster.close();
  });
  afterEach(async () => {
    const { rows } = await pool.query("SELECT count(*)::int AS stored FROM chat.message");
    expect(rows[0].stored).toBe(0);
    expect((await fetch(`${cluster.gateways[0]!.url}/health/ready`)).status).toBe(200);
  });

  const open = (person?: Person) => openRaw(cluster.gateways[0]!.url, person);
  const chat = { destination: "/app/chat", receipt: "r1" };
  const body = (more: object = {}) => JSON.stringify({ roomId: "room", content: "text", ...more });

  /** The frame is answered by ERROR with this code and the connection closed; nothing follows. */
  async function expectError(client: RawClient, code: string, closeCode: number) {
    const error = await client.next("ERROR");
    expect(error.headers["code"]).toBe(code);
    expect(await client.closed).toBe(closeCode);
    expect(client.frames.all.at(-1)).toBe(error);
    expect(JSON.stringify(client.frames.all)).not.toMatch(/\bat .*\.ts|SELECT|INSERT/);
    return error;
  }

  test.each([
    ["no token", {}],
    ["an empty token", { Authorization: "Bearer " }],
    ["another scheme", { Authorization: "Basic QTpC" }],
    ["nonsense", { Authorization: "Bearer nonsense" }],
    ["a wrong passcode", { passcode: "nonsense" }],
  ])("CONNECT with %s (B-61)", async (_what, headers) => {
    const client = await open();
    client.send("CONNECT", { "accept-version": "1.2", host: "x", ...headers });
    await expectError(client, "UNAUTHENTICATED", 1008);
  });

  test("SEND before CONNECT (B-17)", async () => {
    const client = await open();
    client.send("SEND", chat, body());
    await expectError(client, "PROTOCOL", 1002);
  });

  test.each(["/topic/room", "/queue/x", "/user/x", "/app/", "/app/nope", "/app/chat/"])(
    "SEND straight to %s (B-59, D-4)",
    async (destination) => {
      const listener = await connectStompjs(cluster.gateways[0]!.url, bob!);
      const inbox = await listener.subscribe("room");
      const client = await open(alice);
      client.send("SEND", { destination, receipt: "r1" }, body());
      expect((await expectError(client, "FORBIDDEN", 1008)).headers["receipt-id"]).toBe("r1");
      await listener.close();
      expect(inbox.all).toEqual([]);
    },
  );

  test.each(["*", "**", ">", "#", "%2a", "", ".hidden", "a/b", "rooms"])(
    "SUBSCRIBE /topic/%s, which is no room (B-39)",
    async (roomId) => {
      const client = await open(alice);
      client.send("SUBSCRIBE", { id: "1", destination: `/topic/${roomId}`, receipt: "r1" });
      await expectError(client, "INVALID", 1008);
    },
  );

  test.each(["", "-1", "1.5", "1e3", "x", "9999999999999999"])("SUBSCRIBE with `after:%s`", async (after) => {
    const client = await open(alice);
    client.send("SUBSCRIBE", { id: "1", destination: "/topic/room", after });
    await expectError(client, "INVALID", 1008);
  });

  test("SUBSCRIBE with an `after` beyond what the room holds: RESYNC with the seq to come back with", async () => {
    const client = await open(alice);
    client.send("SUBSCRIBE", { id: "1", destination: `/topic/${randomUUID()}`, after: "5" });
    expect((await client.next("ERROR")).headers).toMatchObject({ code: "RESYNC", seq: "0" });
    expect(await client.closed).toBe(1013);
  });

  const wrong: [string, string, string][] = [
    ["a false sender (B-55)", "FORBIDDEN", body({ sender: randomUUID() })],
    ["a bad roomId (B-52)", "INVALID", body({ roomId: "../../etc/passwd" })],
    ["a reserved roomId", "INVALID", body({ roomId: "internal" })],
    ["a body that is no JSON (B-41)", "INVALID", "text"],
    ["an empty body (B-41)", "INVALID", ""],
    ["null (B-41)", "INVALID", "null"],
    ["two documents (B-41)", "INVALID", `${body()}${body()}`],
    ["a deep nest (B-43)", "INVALID", "[".repeat(60_000)],
    ["content of a wrong type (B-45)", "INVALID", body({ content: {} })],
    ["blank content (B-47)", "INVALID", body({ content: " \u200b\n" })],
    ["content that is too long (B-48)", "TOO_LONG", body({ content: "x".repeat(4001) })],
    ["a lone surrogate (B-50)", "INVALID", '{"roomId":"room","content":"\\ud800"}'],
    ["a tempId that is no UUID (B-56)", "INVALID", body({ tempId: "1" })],
  ];

  test.each(wrong)(
    "%s: %s by ERROR and close, if the client does not listen to its errors (D-2)",
    async (_what, code, payload) => {
      const client = await open(alice);
      client.send("SEND", chat, payload);
      expect((await expectError(client, code, 1008)).headers["receipt-id"]).toBe("r1");
    },
  );

  test("the same are told on /user/queue/errors, if it does, and the connection stays (D-2)", async () => {
    const client = await open(alice);
    client.send("SUBSCRIBE", { id: "errors", destination: "/user/queue/errors" });
    for (const [index, [, , payload]] of wrong.entries())
      client.send("SEND", { ...chat, receipt: `r${index}` }, payload);
    client.send("SUBSCRIBE", { id: "1", destination: "/topic/room", receipt: "still here" });
    await client.next("RECEIPT");
    const told = client.frames.all
      .filter(({ command }) => command === "MESSAGE")
      .map((frame) => ChatRejected.parse(JSON.parse(frame.body)));
    expect(told.map(({ receiptId, code }) => [receiptId, code])).toEqual(
      wrong.map(([, code], index) => [`r${index}`, code]),
    );
    expect(told.every(({ retryable }) => !retryable)).toBe(true);
    client.close();
  });

  test("a body that is not UTF-8 (B-42)", async () => {
    const client = await open(alice);
    client.sendBytes(
      Buffer.concat([
        Buffer.from('SEND\ndestination:/app/chat\n\n{"roomId":"room","content":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}\0'),
      ]),
    );
    await expectError(client, "INVALID", 1008);
  });

  test.each([
    ["garbage (B-16)", "GET / HTTP/1.1\r\nHost: x\r\n\r\n\0"],
    ["an unknown command (B-19)", "send\ndestination:/app/chat\n\nx\0"],
    ["a server's frame (B-19)", "MESSAGE\n\n\0"],
    ["a bad escape (B-21)", "SEND\ndestination:/app/chat\nx:\\t\n\nx\0"],
    ["a second CONNECT (B-18)", "CONNECT\naccept-version:1.2\n\n\0"],
    ["a body on SUBSCRIBE (B-34)", "SUBSCRIBE\nid:1\ndestination:/topic/room\n\nbody\0"],
    ["SUBSCRIBE without id (B-31)", "SUBSCRIBE\ndestination:/topic/room\n\n\0"],
    ["an unknown subscription (B-31)", "UNSUBSCRIBE\nid:none\n\n\0"],
    ["an unknown transaction (B-35)", "COMMIT\ntransaction:none\n\n\0"],
    ["an unknown ack (B-38)", "ACK\nid:none\n\n\0"],
  ])("%s", async (_what, bytes) => {
    const client = await open(alice);
    client.sendBytes(bytes);
    await expectError(client, "PROTOCOL", 1002);
  });

  test.each([
    ["33 headers (B-23)", `SEND\n${"a:b\n".repeat(33)}\nx\0`],
    ["a header line of 5 KiB (B-24)", `SEND\na:${"x".repeat(5_000)}\n\nx\0`],
    ["a content-length beyond the limit (B-27)", "SEND\ndestination:/app/chat\ncontent-length:70000\n\n"],
  ])("%s", async (_what, bytes) => {
    const client = await open(alice);
    client.sendBytes(bytes);
    await expectError(client, "TOO_LARGE", 1009);
  });

  test("the 129th subscription (B-30)", async () => {
    const client = await open(alice);
    for (let n = 1; n <= 129; n++) client.send("SUBSCRIBE", { id: `${n}`, destination: "/topic/room" });
    await expectError(client, "TOO_MANY", 1008);
  });

  test("in a transaction, all of it if one SEND is refused", async () => {
    const client = await open(alice);
    client.send("BEGIN", { transaction: "t" });
    client.send("SEND", { destination: "/app/chat", transaction: "t" }, body());
    client.send("SEND", { destination: "/app/chat", transaction: "t" }, body({ sender: "somebody else" }));
    client.send("COMMIT", { transaction: "t", receipt: "c" });
    expect((await expectError(client, "FORBIDDEN", 1008)).headers["receipt-id"]).toBe("c");
  });

  test.each([
    ["/nope", {}, 404],
    ["/ws/../admin", {}, 404],
    ["/ws", { origin: "https://evil.example" }, 403],
    ["/ws", { origin: "null" }, 403],
  ])("an upgrade to %s with %j by %i (B-01, B-02)", async (path, headers, status) => {
    const { port } = new URL(cluster.gateways[0]!.url);
    const { request } = await import("node:http");
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    const answered = new Promise((resolve) =>
      request({ port, path, headers: { ...upgrade, ...headers } }, (response) => resolve(response.statusCode)).end(),
    );
    expect(await answered).toBe(status);
  });
});
