import { expect, test } from "vitest";
import { connected, TestClient } from "../client.ts";

test.each(["CONNECT", "STOMP"])("C-040 C-042 C-043 C-045 C-051 answers %s with CONNECTED, first of all", (command) => {
  const client = new TestClient({ heartBeat: { sendMs: 10_000, receiveMs: 5_000 } });
  client.feed(`${command}\naccept-version:1.1,1.2\nhost:x\nlogin:ann\nreceipt:r1\n\n^`);
  expect(client.frames()).toEqual([
    {
      command: "CONNECTED",
      headers: {
        version: "1.2",
        "heart-beat": "10000,5000",
        session: "session-1",
        server: "parley/0.0.0",
        "user-name": "ann",
      },
      body: "",
    },
  ]);
  expect(client.session).toMatchObject({ state: "connected", version: "1.2", principal: "ann", id: "session-1" });
});

test("C-013 neither unescapes CONNECT nor escapes CONNECTED", () => {
  const client = new TestClient().feed("CONNECT\naccept-version:1.2\nlogin:a:\\tb\n\n^");
  expect(client.frames()[0]?.headers["user-name"]).toBe("a:\\tb");
});

test("C-047 C-164 speaks 1.0 with who names no version", () => {
  const client = new TestClient().feed("CONNECT\n\n^");
  expect(client.frames()[0]?.headers).toMatchObject({ version: "1.0", session: "session-1" });
});

test("C-041 a rejected CONNECT gets ERROR, and is closed; it never asks for a receipt", () => {
  const client = new TestClient().feed("CONNECT\naccept-version:1.2\npasscode:wrong\nreceipt:r1\n\n^SEND\n\n^");
  expect(client.frames()).toHaveLength(1);
  expect(client.end).toBe("UNAUTHENTICATED/1008");
  expect(client.closed?.reason).toBe("UNAUTHENTICATED");
  expect(client.broker.events).toEqual(["faulted UNAUTHENTICATED"]);
});

test("C-048 B-37 without a common version the ERROR names ours", () => {
  const client = new TestClient().feed("CONNECT\naccept-version:9.9\n\n^");
  expect(client.end).toBe("PROTOCOL/1002");
  expect(client.frames()[0]?.headers["version"]).toBe("1.0,1.1,1.2");
});

test("C-058 refuses a malformed heart-beat", () => {
  expect(new TestClient().feed("CONNECT\nheart-beat:1\n\n^").end).toBe("PROTOCOL/1002");
});

test.each([
  "SEND\ndestination:/topic/x\nreceipt:r1\n\nhello^",
  "SUBSCRIBE\nid:1\nreceipt:r1\n\n^",
  "DISCONNECT\nreceipt:r1\n\n^",
])("C-059 B-17 refuses %j before CONNECT", (frame) => {
  const client = new TestClient().feed(frame);
  expect(client.end).toBe("PROTOCOL/1002/r1");
  expect(client.broker.events).toEqual(["faulted PROTOCOL"]);
});

test("C-059 B-18 refuses a second CONNECT, and the identity stays", () => {
  const client = connected().feed("CONNECT\naccept-version:1.2\nlogin:eve\n\n^");
  expect(client.end).toBe("PROTOCOL/1002");
  expect(client.session.principal).toBe("ann");
  expect(client.broker.events).toEqual(["faulted PROTOCOL", "closed ann"]);
});

test("C-061 B-16 closes who sends too much before CONNECT", () => {
  expect(new TestClient().feed("^".repeat(65_536)).end).toBe("PROTOCOL/1002");
  expect(new TestClient().feed(`CONNECT\n${"a:aaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(400)}\n^`).end).toBe(
    "TOO_LARGE/1009",
  );
});

test("frames behind CONNECT wait until it is judged, and are read by the rules of its version", async () => {
  const client = new TestClient();
  client.feed("CONNECT\naccept-version:1.2\nlogin:gate\n\n^SUBSCRIBE\nid:a\\cb\ndestination:/topic/x\nreceipt:r1\n\n^");
  expect(client.session.state).toBe("connecting");
  expect(client.sent).toEqual([]);
  client.broker.gate("login").resolve();
  await client.settled();
  expect(client.frames().map(({ command }) => command)).toEqual(["CONNECTED", "RECEIPT"]);
  expect([...client.session.subscriptions.keys()]).toEqual(["a:b"]);
});

test("a session that ends while CONNECT is being judged is closed for the broker once the answer is there", async () => {
  const client = new TestClient({ limits: { connectMs: 1_000 } }).feed("CONNECT\nlogin:gate\n\n^").at(1_000);
  expect(client.end).toBe("TIMEOUT/1013");
  client.broker.gate("login").resolve();
  await client.settled();
  expect(client.frames()).toHaveLength(1);
  expect(client.broker.events).toEqual(["faulted TIMEOUT", "closed gate"]);
});
