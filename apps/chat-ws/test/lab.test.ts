import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, frame, openStomp, type StompClient } from "./stomp-client.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
const door = () => `${server.url}/lab/ws`;
beforeAll(async () => {
  server = await startServer({ CHAT_LAB: "1", EXEMPT_ADDRESSES: "loopback" });
});
afterAll(() => server.close());

let names = 0;
const nextTopic = () => `/topic/t${++names}`;
const nextQueue = () => `/queue/q${++names}`;

async function subscribe(client: StompClient, destination: string, more: Record<string, string> = {}): Promise<void> {
  client.send(frame("SUBSCRIBE", { id: "1", destination, receipt: "stands", ...more }));
  await client.next("RECEIPT");
}

/** Connected and subscribed. */
async function listenTo(destination: string, more: Record<string, string> = {}): Promise<StompClient> {
  const client = await openStomp(door());
  await subscribe(client, destination, more);
  return client;
}

/** One client on a topic of its own: what it sends comes back. */
async function echo(headers: Record<string, string | number>, body: string | Buffer) {
  const destination = nextTopic();
  const client = await listenTo(destination);
  client.send(frame("SEND", { destination, ...headers }, body));
  return client.nextData("MESSAGE");
}

describe("topics", () => {
  test("echo to the sender too, with the destination that was named and the headers of the sender (C-071, C-131)", async () => {
    const { data } = await echo({ "x-colour": "gr\\cün", "content-type": "text/plain" }, "hello");
    const text = data.toString();
    expect(text).toContain("x-colour:gr\\cün\n");
    expect(text).toContain("content-type:text/plain\n");
    expect(text).toContain(`destination:/topic/t${names}\n`);
    expect(text.endsWith("hello\0")).toBe(true);
  });

  test("reach every subscriber once for each subscription", async () => {
    const destination = nextTopic();
    const clients = await Promise.all([listenTo(destination), listenTo(destination)]);
    await subscribe(clients[0], destination, { id: "2" });
    clients[1].send(frame("SEND", { destination }, "one"));
    expect(await clients[1].next("MESSAGE")).toContain("subscription:1\n");
    const seen = [await clients[0].next("MESSAGE"), await clients[0].next("MESSAGE")];
    expect(new Set(seen.map((text) => /subscription:(\d)/.exec(text)?.[1]))).toEqual(new Set(["1", "2"]));
  });

  test.each([
    ["text", Buffer.from("안녕 hello ".repeat(80_000)).subarray(0, 1024 * 1024 - 1)],
    ["binary", randomBytes(1024 * 1024)],
    ["all octets", Buffer.from(Array.from({ length: 256 }, (_, n) => n))],
  ])("%s comes back octet for octet (C-019, C-022, C-026)", async (_what, body) => {
    const back = await echo({ "content-length": body.length }, body);
    expect(bodyOf(back).equals(body)).toBe(true);
  });

  test("what is valid UTF-8 leaves as text, everything else as binary (C-027, C-171)", async () => {
    expect((await echo({}, "日本語 🙂")).isBinary).toBe(false);
    expect((await echo({ "content-length": 2 }, Buffer.from([0xc3, 0x28]))).isBinary).toBe(true);
  });

  test("text and binary messages, split frames, many frames in one, EOLs alone (C-002, C-172, C-173, C-174)", async () => {
    const destination = nextTopic();
    const client = await listenTo(destination);
    const send = frame("SEND", { destination }, "split");
    client.socket.send(send.toString().slice(0, 9));
    client.socket.send(send.subarray(9), { binary: true });
    client.send("\n");
    client.send("\r\n\n");
    client.send(
      Buffer.concat([
        frame("SEND", { destination }, "two"),
        Buffer.from("\n"),
        frame("SEND", { destination }, "three"),
      ]),
    );
    for (const text of ["split", "two", "three"]) expect(await client.next("MESSAGE")).toContain(`\n\n${text}\0`);
  });
});

describe("queues", () => {
  const bodies = async (client: StompClient, count: number) => {
    const texts: string[] = [];
    while (texts.length < count) texts.push(bodyOf(await client.nextData("MESSAGE")).toString());
    return texts;
  };

  test("give each message to one consumer, in turn", async () => {
    const destination = nextQueue();
    const [one, other] = [await listenTo(destination), await listenTo(destination)];
    for (const text of ["a", "b", "c", "d"]) one.send(frame("SEND", { destination }, text));
    expect([await bodies(one, 2), await bodies(other, 2)]).toEqual([
      ["a", "c"],
      ["b", "d"],
    ]);
  });

  test("keep what nobody consumes until somebody comes", async () => {
    const destination = nextQueue();
    const sender = await openStomp(door());
    sender.send(frame("SEND", { destination, receipt: "kept" }, "a"));
    await sender.next("RECEIPT");
    expect(await bodies(await listenTo(destination), 1)).toEqual(["a"]);
  });

  test.each(["client", "client-individual"])(
    "redeliver in mode %s what was not acknowledged, in its order, to another consumer (C-086, C-101, C-102)",
    async (ack) => {
      const destination = nextQueue();
      const first = await listenTo(destination, { ack });
      for (const text of ["a", "b", "c", "d"]) first.send(frame("SEND", { destination }, text));
      const messages = [];
      for (let n = 0; n < 4; n++) messages.push(await first.next("MESSAGE"));
      const id = /\nack:(.*)\n/.exec(messages[1]!)![1]!;
      first.send(frame("ACK", { id, receipt: "acked" }));
      await first.next("RECEIPT");
      first.socket.close();
      const second = await listenTo(destination, { ack });
      const expected = ack === "client" ? ["c", "d"] : ["a", "c", "d"];
      expect(await bodies(second, expected.length)).toEqual(expected);
    },
  );

  test("give what was refused by NACK to another consumer, and not again to the same (C-104)", async () => {
    const destination = nextQueue();
    const first = await listenTo(destination, { ack: "client-individual" });
    first.send(frame("SEND", { destination }, "a"));
    const id = /\nack:(.*)\n/.exec(await first.next("MESSAGE"))![1]!;
    first.send(frame("NACK", { id, receipt: "refused" }));
    await first.next("RECEIPT");
    const second = await listenTo(destination, { ack: "client-individual" });
    expect(await bodies(second, 1)).toEqual(["a"]);
    expect(first.received.filter(({ data }) => data.toString().startsWith("MESSAGE"))).toHaveLength(1);
  });
});

describe("the door", () => {
  test.each([
    ["a wrong passcode", "login:lab\npasscode:wrong\n"],
    ["no login", ""],
  ])("refuses %s", async (_what, login) => {
    const client = await openStomp(door(), `CONNECT\naccept-version:1.2\nhost:x\n${login}\n\0`);
    expect(await client.next("ERROR")).toContain("code:UNAUTHENTICATED\n");
    expect(await client.closed).toEqual({ code: 1008, reason: "UNAUTHENTICATED" });
  });

  test("any host will do, and the server names itself (C-044, C-049)", async () => {
    const client = await openStomp(
      door(),
      "STOMP\naccept-version:1.1,1.2\nhost:nowhere\nlogin:lab\npasscode:lab\n\n\0",
    );
    const connected = await client.next("CONNECTED");
    expect(connected).toMatch(/\nserver:[^/ \n]+\/[^ \n]+( [^\n]*)?\n/);
    expect(connected).toContain("version:1.2\n");
    expect(connected).toContain("heart-beat:1000,1000\n");
  });

  test("beats every second, closes who is silent within 3 s, keeps who beats (C-052, C-054)", async () => {
    const connect = "CONNECT\naccept-version:1.2\nhost:x\nlogin:lab\npasscode:lab\nheart-beat:1000,1000\n\n\0";
    const [silent, beating] = [await openStomp(door(), connect), await openStomp(door(), connect)];
    const startMs = performance.now();
    const beat = setInterval(() => beating.send("\n"), 500);
    const { code } = await silent.closed;
    clearInterval(beat);
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(code).toBe(1013);
    expect(silent.received.filter(({ data }) => data.toString() === "\n").length).toBeGreaterThanOrEqual(2);
    expect(beating.socket.readyState).toBe(beating.socket.OPEN);
    beating.socket.terminate();
  });

  test.each([
    [
      "whole",
      (body: Buffer) => frame("SEND", { destination: "/topic/x", "content-length": body.length, receipt: "r" }, body),
    ],
    ["announced", (body: Buffer) => `SEND\ndestination:/topic/x\ncontent-length:${body.length}\nreceipt:r\n\n`],
  ])("refuses a body of 32 MiB that comes %s (C-032)", async (_what, format) => {
    const client = await openStomp(door());
    client.send(format(Buffer.alloc(32 * 1024 * 1024)));
    const error = await client.next("ERROR");
    expect(error).toContain("code:TOO_LARGE\n");
    expect(error).toContain("receipt-id:r\n");
    expect((await client.closed).code).toBe(1009);
  });

  test.each([
    [["v10.stomp", "v12.stomp", "v11.stomp"], "v12.stomp"],
    [["v10.stomp", "v11.stomp"], "v11.stomp"],
    [["v10.stomp"], "v10.stomp"],
    [[], ""],
  ])("of the subprotocols %j selects %j, and serves all of them (C-170)", async (protocols, selected) => {
    const client = await openStomp(door(), undefined, { protocols });
    expect(client.socket.protocol).toBe(selected);
    client.socket.close();
  });

  test("answers a ping with its payload, and completes the close handshake (C-175)", async () => {
    const { socket, closed } = await openStomp(door());
    const pong = new Promise<Buffer>((resolve) => socket.once("pong", resolve));
    socket.ping("there?");
    expect((await pong).toString()).toBe("there?");
    socket.close(1000, "done");
    expect((await closed).code).toBe(1000);
  });

  test("echoes plain WebSocket messages, whole and in fragments, as they were sent", async () => {
    const client = await openStomp(`${server.url}/lab/ws-echo`, "", { protocols: [] });
    client.socket.send("안녕");
    client.socket.send(Buffer.from([1, 2]), { fin: false, binary: true });
    client.socket.send(Buffer.from([3]), { fin: true });
    await expect
      .poll(() => client.received)
      .toEqual([
        { data: Buffer.from("안녕"), isBinary: false },
        { data: Buffer.from([1, 2, 3]), isBinary: true },
      ]);
    client.socket.close();
  });
});
