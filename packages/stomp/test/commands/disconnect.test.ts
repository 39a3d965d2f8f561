import { expect, test } from "vitest";
import { connected } from "../client.ts";

const disconnect = "DISCONNECT\nreceipt:bye\n\n^";

test("C-121 C-122 gets its RECEIPT out, then closes with 1000", () => {
  const client = connected().feed("SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^", disconnect);
  expect(client.receipts).toEqual(["bye"]);
  expect(client.closed).toEqual({ code: 1000, reason: "" });
  expect(client.broker.events).toEqual(["subscribe s1", "unsubscribe s1", "closed ann"]);
});

test("C-122 closes without a RECEIPT that nobody asked for", () => {
  const client = connected().feed("DISCONNECT\n\n^");
  expect(client.sent).toEqual([]);
  expect(client.closed?.code).toBe(1000);
});

test("C-123 nothing behind it is processed", () => {
  const client = connected().feed(`${disconnect}SEND\ndestination:/topic/x\n\n1^`, "SEND\ndestination:/topic/x\n\n2^");
  expect(client.broker.events).toEqual(["closed ann"]);
});

test("C-120 D-3 its RECEIPT waits until all earlier frames were decided", async () => {
  const client = connected().feed("SEND\ndestination:/settle/x\nreceipt:r1\n\n1^", disconnect);
  expect(client.session.state).toBe("leaving");
  expect(client.receipts).toEqual([]);
  client.broker.gate("/settle/x").resolve();
  await client.settled();
  expect(client.receipts).toEqual(["r1", "bye"]);
  expect(client.closed?.code).toBe(1000);
});

test("C-120 D-2 a refusal that is told counts as decided", async () => {
  const client = connected().feed("SEND\ndestination:/settle/x\nreceipt:r1\n\n1^", disconnect);
  client.broker.tells = true;
  client.broker.gate("/settle/x").reject(new Error("lost"));
  expect((await client.settled()).receipts).toEqual(["bye"]);
});

test("a client that does not wait for its RECEIPT leaves nothing behind", () => {
  const client = connected().feed("SEND\ndestination:/settle/x\n\n1^", disconnect);
  client.session.closedByPeer();
  expect(client.session.state).toBe("ended");
  expect(client.broker.events).toEqual(["check 1", "effect 1", "closed ann"]);
  expect(client.sent).toEqual([]);
});

test("D-3 after 10 s it gets ERROR instead of a false RECEIPT", async () => {
  const client = connected().feed("SEND\ndestination:/settle/x\nreceipt:r1\n\n1^", disconnect);
  expect(client.at(9_999).closed).toBeUndefined();
  expect(client.at(10_000).end).toBe("TIMEOUT/1013/bye");
  client.broker.gate("/settle/x").resolve();
  expect((await client.settled()).receipts).toEqual([]);
});
