import { expect, test } from "vitest";
import { connected, octets, TestClient } from "./client.ts";

const check = "SEND\ndestination:/check/x\n\n^";

test("C-033 C-173 gives the same answers however the octets are split", async () => {
  const data = octets(
    "CONNECT\naccept-version:1.2\n\n^\n\r\nSUBSCRIBE\r\nid:s1\r\ndestination:/topic/x\r\nreceipt:r1\r\n\r\n^" +
      "SEND\ndestination:/topic/x\ncontent-length:3\nreceipt:r2\n\n한^\nBEGIN\ntransaction:t\n\n^" +
      "SEND\ndestination:/topic/x\ntransaction:t\n\nlast^COMMIT\ntransaction:t\nreceipt:r3\n\n^DISCONNECT\nreceipt:r4\n\n^",
  );
  const whole = new TestClient();
  whole.session.receive(data);
  await whole.settled();
  expect(whole.receipts).toEqual(["r1", "r2", "r3", "r4"]);
  expect(whole.bodies).toEqual(["한", "last"]);
  for (let size = 1; size <= 60; size++) {
    const client = new TestClient();
    for (let at = 0; at < data.length; at += size) client.session.receive(data.subarray(at, at + size));
    await client.settled();
    expect(Buffer.concat(client.sent)).toEqual(Buffer.concat(whole.sent));
  }
});

test("C-142 receipts of plain frames leave in the order of the frames", () => {
  const client = connected();
  for (let id = 0; id < 20; id++) client.feed(`SEND\ndestination:/topic/x\nreceipt:${id}\n\n^`);
  expect(client.receipts).toEqual(Array.from({ length: 20 }, (_, id) => String(id)));
});

test("pauses the transport while too many octets wait, and resumes it when they are handled", async () => {
  const client = connected("1.2", { limits: { pendingBytesMax: 100 } }).feed(check, "x".repeat(100));
  expect(client.paused).toBe(false);
  client.feed("y");
  expect(client.paused).toBe(true);
  client.broker.gate("/check/x").resolve();
  await client.settled();
  expect(client.end).toBe("PROTOCOL/1002");
});

test("goes on reading once the frame under way is done", async () => {
  const send = "SEND\ndestination:/topic/x\nreceipt:r\n\n^";
  const client = connected("1.2", { limits: { pendingBytesMax: 100 } }).feed(check, send, send, send);
  expect(client.paused).toBe(true);
  client.broker.gate("/check/x").resolve();
  await client.settled();
  expect(client.paused).toBe(false);
  expect(client.receipts).toEqual(["r", "r", "r"]);
});

test("C-061 lets less wait while CONNECT is being judged", () => {
  const client = new TestClient({ limits: { connectBytesMax: 100 } }).feed("CONNECT\nlogin:gate\n\n^", "x".repeat(101));
  expect(client.paused).toBe(true);
});

test("a large frame that comes in pieces does not pause the transport", () => {
  const client = connected("1.2", { limits: { pendingBytesMax: 100 } });
  client.feed(`SEND\ndestination:/topic/x\ncontent-length:1000\nreceipt:r\n\n${"x".repeat(500)}`);
  expect(client.paused).toBe(false);
  expect(client.feed(`${"x".repeat(500)}^`).receipts).toEqual(["r"]);
});

test("later frames wait while too many outcomes are under way", async () => {
  const client = connected("1.2", { limits: { outcomesMax: 2 } });
  for (const id of ["1", "2", "3"]) client.feed(`SEND\ndestination:/settle/${id}\n\n${id}^`);
  expect(client.broker.events).toEqual(["check 1", "effect 1", "check 2", "effect 2"]);
  client.broker.gate("/settle/2").resolve();
  await client.settled();
  expect(client.broker.events.slice(4)).toEqual(["check 3", "effect 3"]);
});

test("C-143 goes on processing what came before the client vanished", async () => {
  const client = connected().feed(check, "SEND\ndestination:/topic/x\n\nlast^SEND\nunfinished");
  client.session.closedByPeer();
  expect(client.session.state).toBe("connected");
  client.broker.gate("/check/x").resolve();
  await client.settled();
  expect(client.broker.events).toEqual(["check ", "effect ", "check last", "effect last", "closed ann"]);
  expect(client.sent).toEqual([]);
  expect(client.closed).toBeUndefined();
});

test("C-154 after a fault nothing that came in the same chunk is processed", () => {
  const client = connected().feed("SEND\nbroken\n\n^SEND\ndestination:/topic/x\n\nhello^");
  expect(client.end).toBe("PROTOCOL/1002");
  expect(client.broker.events).toEqual(["faulted PROTOCOL", "closed ann"]);
});

test("B-32 answers any number of receipts", () => {
  const client = connected();
  client.session.receive(octets("SEND\ndestination:/topic/x\nreceipt:r\n\n^".repeat(10_000)));
  expect(client.receipts).toHaveLength(10_000);
});
