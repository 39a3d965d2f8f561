import { Refusal } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import { connected } from "../client.ts";

const send = "SEND\ndestination:/topic/x\n\nhello^";

test("C-028 C-083 C-088 delivers once per subscription, each with its own id", () => {
  const client = connected().feed(
    "SUBSCRIBE\nid:s1\ndestination:/topic/x\nreceipt:r1\n\n^SUBSCRIBE\nid:s2\ndestination:/topic/x\n\n^",
    send,
  );
  expect(client.receipts).toEqual(["r1"]);
  expect(client.frames("MESSAGE").map(({ headers }) => headers["subscription"])).toEqual(["s1", "s2"]);
});

test("subscriptions with the same header line may share a frame", () => {
  const subscribe = "SUBSCRIBE\nid:a\\cb\ndestination:/topic/x\n\n^";
  const lines = [connected("1.1"), connected("1.2")].map(
    (client) => client.feed(subscribe).session.subscriptions.get("a:b")?.headerLine,
  );
  expect(lines).toEqual(["subscription:a\\cb\n", "subscription:a\\cb\n"]);
});

test.each([
  ["C-080 no destination", "SUBSCRIBE\nid:s1\nreceipt:r1\n\n^", "PROTOCOL/1002/r1"],
  ["C-081 B-31 no id", "SUBSCRIBE\ndestination:/topic/x\nreceipt:r1\n\n^", "PROTOCOL/1002/r1"],
  ["C-084 another ack mode", "SUBSCRIBE\nid:s1\nack:Auto\ndestination:/topic/x\nreceipt:r1\n\n^", "PROTOCOL/1002/r1"],
  ["C-080 B-39 an unknown destination", "SUBSCRIBE\nid:s1\ndestination:/nope\nreceipt:r1\n\n^", "FORBIDDEN/1008/r1"],
  [
    "a destination that only takes SEND",
    "SUBSCRIBE\nid:s1\ndestination:/send-only\nreceipt:r1\n\n^",
    "FORBIDDEN/1008/r1",
  ],
  ["C-087 what its destination refuses", "SUBSCRIBE\nid:s1\ndestination:/refuse/x\nreceipt:r1\n\n^", "INVALID/1008/r1"],
])("refuses %s", (_, frame, end) => {
  const client = connected().feed(frame);
  expect(client.end).toBe(end);
  expect(client.broker.events).not.toContain("unsubscribe s1");
});

test("C-082 B-31 refuses an id in use", () => {
  const subscribe = "SUBSCRIBE\nid:s1\ndestination:/topic/x\nreceipt:r1\n\n^";
  const client = connected().feed(subscribe, subscribe);
  expect(client.end).toBe("PROTOCOL/1002/r1");
  expect(client.broker.events).toEqual(["subscribe s1", "faulted PROTOCOL", "unsubscribe s1", "closed ann"]);
});

test("B-30 refuses the 129th subscription", () => {
  const client = connected();
  for (let id = 1; id <= 128; id++) client.feed(`SUBSCRIBE\nid:${id}\ndestination:/topic/x\n\n^`);
  expect(client.end).toBeUndefined();
  expect(client.feed("SUBSCRIBE\nid:129\ndestination:/topic/x\n\n^").end).toBe("TOO_MANY/1008");
});

describe("a destination that takes its time", () => {
  const subscribe = "SUBSCRIBE\nid:s1\ndestination:/wait/x\nreceipt:r1\n\n^";

  test("C-142 later frames wait until it has accepted", async () => {
    const client = connected().feed(subscribe, "SEND\ndestination:/topic/x\nreceipt:r2\n\n^");
    expect(client.receipts).toEqual([]);
    client.broker.gate("/wait/x").resolve();
    expect((await client.settled()).receipts).toEqual(["r1", "r2"]);
  });

  test("hears of the end of its subscription once it has accepted it, if the session ended before", async () => {
    const client = connected().feed(subscribe);
    client.session.end(new Refusal("RESTART", "shutting down"));
    expect(client.broker.events).toEqual(["subscribe s1", "faulted RESTART", "closed ann"]);
    client.broker.gate("/wait/x").resolve();
    await client.settled();
    expect(client.broker.events.at(-1)).toBe("unsubscribe s1");
  });

  test("C-093 D-2 frees the id if it refuses, and the connection stays open", async () => {
    const client = connected().feed(subscribe);
    client.broker.tells = true;
    client.broker.gate("/wait/x").reject(new Refusal("FORBIDDEN", "not a member"));
    await client.settled();
    client.feed("SUBSCRIBE\nid:s1\ndestination:/topic/x\nreceipt:r2\n\n^");
    expect(client.receipts).toEqual(["r2"]);
    expect(client.broker.events).toEqual(["subscribe s1", "refused SUBSCRIBE r1 FORBIDDEN", "subscribe s1"]);
  });
});

describe("a destination that replays first", () => {
  const subscribe = "SUBSCRIBE\nid:s1\ndestination:/replay/x\nreceipt:r1\n\n^";

  test("G-8 C-142 the RECEIPT comes after the replay, and other frames may overtake it", async () => {
    const client = connected().feed(subscribe, "SEND\ndestination:/topic/x\nreceipt:r2\n\n^");
    client.broker.gate("/replay/x").resolve();
    expect((await client.settled()).receipts).toEqual(["r2", "r1"]);
  });

  test("loses its subscription if the replay fails, but not one that took its id", async () => {
    const client = connected().feed(subscribe, "UNSUBSCRIBE\nid:s1\n\n^SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^");
    client.broker.tells = true;
    client.broker.gate("/replay/x").reject(new Refusal("RESYNC", "too far behind"));
    await client.settled();
    expect(client.session.subscriptions.get("s1")?.destination).toBe("/topic/x");
    expect(client.broker.events).toEqual([
      "subscribe s1",
      "unsubscribe s1",
      "subscribe s1",
      "refused SUBSCRIBE r1 RESYNC",
    ]);
  });
});

test("C-163 1.0: neither SUBSCRIBE nor MESSAGE needs an id", () => {
  const client = connected("1.0").feed("SUBSCRIBE\ndestination:/topic/x\n\n^", send);
  expect(client.frames("MESSAGE")[0]?.headers).not.toHaveProperty("subscription");
  expect(client.feed("SUBSCRIBE\ndestination:/topic/x\n\n^").end).toBe("PROTOCOL/1002");
});

test("C-163 1.0: an id is used where there is one", () => {
  const client = connected("1.0").feed("SUBSCRIBE\nid:/topic/x\ndestination:/topic/x\n\n^", send);
  expect(client.frames("MESSAGE")[0]?.headers["subscription"]).toBe("/topic/x");
  expect(client.feed("SUBSCRIBE\ndestination:/topic/x\n\n^").end).toBeUndefined();
});
