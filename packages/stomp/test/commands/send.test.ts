import { Refusal } from "@parley/contracts";
import { expect, test } from "vitest";
import { connected } from "../client.ts";

const subscribe = "SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^";

test("C-071 C-026 C-131 passes user headers, content-type and octets on", () => {
  const client = connected().feed(
    subscribe,
    "SEND\ndestination:/topic/x\ncontent-type:text/x\nreceipt:r1\nsubscription:evil\nack:evil\nmy\\ckey:v\\n\ncontent-length:3\n\na^b^",
  );
  expect(client.frames()).toEqual([
    {
      command: "MESSAGE",
      headers: {
        subscription: "s1",
        "message-id": "m1",
        destination: "/topic/x",
        "content-type": "text/x",
        "my\\ckey": "v\\n",
        "content-length": "3",
      },
      body: "a\0b",
    },
    { command: "RECEIPT", headers: { "receipt-id": "r1" }, body: "" },
  ]);
});

test("C-028 C-076 answers an empty SEND that asks for a receipt, and no other", () => {
  expect(
    connected().feed("SEND\ndestination:/topic/x\n\n^", "SEND\ndestination:/topic/x\nreceipt:r1\n\n^").receipts,
  ).toEqual(["r1"]);
});

test("C-140 the receipt-id is the receipt, octet for octet", () => {
  const client = connected().feed("SEND\ndestination:/topic/x\nreceipt: \\c\\n\\r\\\\ä \n\n^");
  expect(client.sent.join("")).toBe("RECEIPT\nreceipt-id: \\c\\n\\r\\\\ä \n\n\0");
});

test("C-070 B-25 requires a destination, which is not found on a prototype", () => {
  expect(connected().feed("SEND\nreceipt:r1\n\n^").end).toBe("PROTOCOL/1002/r1");
  expect(connected().feed("SEND\n__proto__:/topic/x\n\n^").end).toBe("PROTOCOL/1002");
});

test.each(["", "/nope", "/wait/x"])("C-075 D-4 B-59 refuses SEND to %j, which takes none", (destination) => {
  const client = connected().feed(`SEND\ndestination:${destination}\nreceipt:r1\n\n^`);
  expect(client.end).toBe("FORBIDDEN/1008/r1");
  expect(client.broker.events).toEqual(["faulted FORBIDDEN", "closed ann"]);
});

test("C-072 C-144 C-150 C-154 a refused SEND ends in one ERROR, and nothing after it", () => {
  const client = connected().feed(
    `${subscribe}SEND\ndestination:/refuse/x\nreceipt:r1\n\n^SEND\ndestination:/topic/x\nreceipt:r2\n\n^`,
  );
  expect(client.frames().map(({ command }) => command)).toEqual(["ERROR"]);
  expect(client.end).toBe("INVALID/1008/r1");
  expect(client.sent.join("")).not.toContain("private");
  expect(client.broker.events).toEqual([
    "subscribe s1",
    "refused SEND r1 INVALID",
    "faulted INVALID",
    "unsubscribe s1",
    "closed ann",
  ]);
});

test("C-154 a bug is INTERNAL, and tells nothing", () => {
  const client = connected().feed("SEND\ndestination:/bug/x\nreceipt:r1\n\n^");
  expect(client.end).toBe("INTERNAL/1011/r1");
  expect(client.sent.join("")).not.toContain("private");
});

test("D-2 a refusal that the broker tells leaves the connection open, and gets no RECEIPT", () => {
  const client = connected();
  client.broker.tells = true;
  client.feed("SEND\ndestination:/refuse/x\nreceipt:r1\n\n^", "SEND\ndestination:/topic/x\nreceipt:r2\n\n^");
  expect(client.closed).toBeUndefined();
  expect(client.receipts).toEqual(["r2"]);
  expect(client.broker.events[0]).toBe("refused SEND r1 INVALID");
});

test("G-6 later frames wait for a check", async () => {
  const client = connected().feed(
    "SEND\ndestination:/check/x\nreceipt:r1\n\n1^SEND\ndestination:/topic/x\nreceipt:r2\n\n2^",
    "SEND\ndestination:/topic/x\nreceipt:r3\n\n3^",
  );
  expect(client.broker.events).toEqual([]);
  client.broker.gate("/check/x").resolve();
  await client.settled();
  expect(client.broker.events).toEqual(["check 1", "effect 1", "check 2", "effect 2", "check 3", "effect 3"]);
  expect(client.receipts).toEqual(["r1", "r2", "r3"]);
});

test("D-3 C-142 later frames do not wait for an outcome; its RECEIPT leaves when it settles", async () => {
  const client = connected().feed(
    "SEND\ndestination:/settle/x\nreceipt:r1\n\n1^",
    "SEND\ndestination:/topic/x\nreceipt:r2\n\n2^",
  );
  expect(client.receipts).toEqual(["r2"]);
  client.broker.gate("/settle/x").resolve();
  expect((await client.settled()).receipts).toEqual(["r2", "r1"]);
});

test("C-144 G-9 an outcome that fails is refused, and gets no RECEIPT", async () => {
  const client = connected().feed("SEND\ndestination:/settle/x\nreceipt:r1\n\n1^");
  client.broker.gate("/settle/x").reject(new Error("lost"));
  await client.settled();
  expect(client.end).toBe("INTERNAL/1011/r1");
  expect(client.receipts).toEqual([]);
});

test("a check that comes out after the session was ended has no effect", async () => {
  const client = connected().feed("SEND\ndestination:/check/x\n\n1^");
  client.session.end(new Refusal("RESTART", "shutting down"));
  client.broker.gate("/check/x").resolve();
  await client.settled();
  expect(client.end).toBe("RESTART/1012");
  expect(client.broker.events).toEqual(["faulted RESTART", "closed ann", "check 1"]);
});
