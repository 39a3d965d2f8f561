import { expect, test } from "vitest";
import { connected } from "../client.ts";

const subscribe = "SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^";
const send = "SEND\ndestination:/topic/x\n\nhello^";

test("C-028 C-091 nothing is delivered after its RECEIPT", () => {
  const client = connected().feed(subscribe, send);
  const subscription = client.session.subscriptions.get("s1");
  client.feed("UNSUBSCRIBE\nid:s1\nreceipt:r1\n\n^", send);
  if (subscription !== undefined) client.session.message(subscription, { messageId: "late", body: "late" });
  expect(client.frames().map(({ command }) => command)).toEqual(["MESSAGE", "RECEIPT"]);
});

test("C-093 the id may be used again", () => {
  const client = connected().feed(subscribe, "UNSUBSCRIBE\nid:s1\n\n^", subscribe, send);
  expect(client.bodies).toEqual(["hello"]);
  expect(client.broker.events.slice(0, 3)).toEqual(["subscribe s1", "unsubscribe s1", "subscribe s1"]);
});

test("C-090 C-092 B-31 refuses it without id, and for an unknown one", () => {
  expect(connected().feed(subscribe, "UNSUBSCRIBE\nreceipt:r1\n\n^").end).toBe("PROTOCOL/1002/r1");
  expect(connected().feed(subscribe, "UNSUBSCRIBE\nid:s2\n\n^").end).toBe("PROTOCOL/1002");
  expect(connected().feed(subscribe, "UNSUBSCRIBE\ndestination:/topic/x\n\n^").end).toBe("PROTOCOL/1002");
});

test("C-163 1.0: by destination, where there was no id", () => {
  const client = connected("1.0").feed("SUBSCRIBE\ndestination:/topic/x\n\n^");
  client.feed("UNSUBSCRIBE\ndestination:/topic/x\nreceipt:r1\n\n^");
  expect(client.receipts).toEqual(["r1"]);
  expect(client.feed("UNSUBSCRIBE\ndestination:/topic/x\n\n^").end).toBe("PROTOCOL/1002");
});

test("C-163 1.0: by id, where there was one", () => {
  const client = connected("1.0").feed(subscribe);
  expect(client.feed("UNSUBSCRIBE\nid:s1\nreceipt:r1\n\n^").receipts).toEqual(["r1"]);
  expect(client.feed("UNSUBSCRIBE\nreceipt:r2\n\n^").end).toBe("PROTOCOL/1002/r2");
});
