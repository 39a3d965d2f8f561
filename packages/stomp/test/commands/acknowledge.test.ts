import { expect, test } from "vitest";
import { connected, type TestClient } from "../client.ts";

/** Subscribed as `s1`, with messages `m1` to `m<count>` delivered. */
function delivered(ack: string, count: number, version = "1.2"): TestClient {
  const client = connected(version).feed(`SUBSCRIBE\nid:s1\nack:${ack}\ndestination:/topic/x\n\n^`);
  for (let sent = 0; sent < count; sent++) client.feed("SEND\ndestination:/topic/x\n\nhello^");
  client.broker.events.length = 0;
  return client;
}

const ackIds = (client: TestClient) => client.frames("MESSAGE").map(({ headers }) => headers["ack"]);

test("C-085 C-132 C-134 a MESSAGE has an ack of its own in both client modes, and none in auto", () => {
  expect(new Set(ackIds(delivered("client", 3))).size).toBe(3);
  expect(new Set(ackIds(delivered("client-individual", 3))).size).toBe(3);
  expect(ackIds(delivered("auto", 1))).toEqual([undefined]);
});

test("two subscriptions of a session never share an ack", () => {
  const client = delivered("client", 1).feed("SUBSCRIBE\nid:s2\nack:client\ndestination:/topic/x\n\n^");
  client.feed("SEND\ndestination:/topic/x\n\nhello^");
  expect(new Set(ackIds(client)).size).toBe(3);
});

test("C-101 client: ACK is cumulative", () => {
  const client = delivered("client", 3);
  client.feed(`ACK\nid:${ackIds(client)[1]}\nreceipt:r1\n\n^`);
  expect(client.broker.events).toEqual(["ack s1 m1,m2"]);
  expect(client.receipts).toEqual(["r1"]);
  expect([...(client.session.subscriptions.get("s1")?.unacknowledged.values() ?? [])]).toEqual(["m3"]);
});

test("C-102 client-individual: ACK means one message", () => {
  const client = delivered("client-individual", 3);
  client.feed(`ACK\nid:${ackIds(client)[1]}\n\n^`);
  expect(client.broker.events).toEqual(["ack s1 m2"]);
});

test("C-104 NACK is told apart, and frees the window likewise", () => {
  const client = delivered("client", 2);
  client.feed(`NACK\nid:${ackIds(client)[1]}\nreceipt:r1\n\n^`);
  expect(client.broker.events).toEqual(["nack s1 m1,m2"]);
  expect(client.session.subscriptions.get("s1")?.unacknowledged.size).toBe(0);
});

test.each(["ACK", "NACK"])(
  "C-100 C-105 B-38 refuses %s without id, of an unknown one, and the second time",
  (command) => {
    expect(delivered("client", 1).feed(`${command}\nmessage-id:m1\nreceipt:r1\n\n^`).end).toBe("PROTOCOL/1002/r1");
    expect(delivered("client", 1).feed(`${command}\nid:none\n\n^`).end).toBe("PROTOCOL/1002");
    const client = delivered("client", 2);
    const ack = `${command}\nid:${ackIds(client)[0]}\n\n^`;
    expect(client.feed(ack).end).toBeUndefined();
    expect(client.feed(ack).end).toBe("PROTOCOL/1002");
  },
);

test("C-103 C-111 in a transaction it takes effect at COMMIT, among the SENDs, and ABORT undoes it", () => {
  const client = delivered("client", 2);
  const [first] = ackIds(client);
  client.feed(
    "BEGIN\ntransaction:t\n\n^",
    `ACK\nid:${first}\ntransaction:t\nreceipt:r1\n\n^`,
    "ABORT\ntransaction:t\n\n^",
  );
  expect(client.broker.events).toEqual([]);
  expect(client.feed(`ACK\nid:${first}\n\n^`).broker.events).toEqual(["ack s1 m1"]);
  expect(client.receipts).toEqual([]);
});

test("C-103 COMMIT acknowledges, and answers", async () => {
  const client = delivered("client-individual", 2);
  const [first] = ackIds(client);
  client.feed("BEGIN\ntransaction:t\n\n^", `ACK\nid:${first}\ntransaction:t\nreceipt:r1\n\n^`);
  await client.feed("COMMIT\ntransaction:t\nreceipt:r2\n\n^").settled();
  expect(client.broker.events).toEqual(["ack s1 m1"]);
  expect(client.receipts).toEqual(["r1", "r2"]);
});

test("C-103 refuses an ACK in an unknown transaction", () => {
  const client = delivered("client", 1);
  expect(client.feed(`ACK\nid:${ackIds(client)[0]}\ntransaction:t\n\n^`).end).toBe("PROTOCOL/1002");
});

test("C-162 1.1: by message-id and subscription", () => {
  const client = delivered("client", 2, "1.1");
  expect(ackIds(client)).toEqual([undefined, undefined]);
  expect(client.feed("ACK\nmessage-id:m2\nsubscription:s1\n\n^").broker.events).toEqual(["ack s1 m1,m2"]);
  expect(delivered("client", 1, "1.1").feed("ACK\nmessage-id:m1\n\n^").end).toBe("PROTOCOL/1002");
  expect(delivered("client", 1, "1.1").feed("ACK\nmessage-id:m1\nsubscription:s2\n\n^").end).toBe("PROTOCOL/1002");
});

test("C-162 C-164 1.0: by message-id, and NACK is unknown", () => {
  expect(delivered("client", 2, "1.0").feed("ACK\nmessage-id:m1\n\n^").broker.events).toEqual(["ack s1 m1"]);
  expect(delivered("client", 1, "1.0").feed("NACK\nmessage-id:m1\n\n^").end).toBe("PROTOCOL/1002");
});

test("D-5 a client that acknowledges nothing is cut when its window is full", () => {
  const client = connected("1.2", { limits: { ackWindowMax: 2 } });
  client.feed("SUBSCRIBE\nid:s1\nack:client\ndestination:/topic/x\n\n^");
  const send = "SEND\ndestination:/topic/x\n\nhello^";
  expect(client.feed(send, send).end).toBeUndefined();
  expect(client.feed(send).end).toBe("SLOW_CONSUMER/1013");
});
