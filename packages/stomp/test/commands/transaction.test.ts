import { Refusal } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import { connected, type TestClient } from "../client.ts";

const begin = "BEGIN\ntransaction:t\n\n^";
const commit = "COMMIT\ntransaction:t\nreceipt:c\n\n^";

function send(body: string, { to = "/topic/x", receipt }: { to?: string; receipt?: string } = {}): string {
  return `SEND\ndestination:${to}\ntransaction:t\n${receipt === undefined ? "" : `receipt:${receipt}\n`}\n${body}^`;
}

const settled = (client: TestClient) => client.settled();

test("C-111 C-073 G-6 shows nothing before COMMIT, then all in order; all are checked before the first takes effect", async () => {
  const client = connected().feed(
    "SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^",
    begin,
    send("1"),
    send("2"),
    send("3"),
  );
  expect(client.broker.events).toEqual(["subscribe s1"]);
  await settled(client.feed(commit));
  expect(client.broker.events.slice(1)).toEqual(["check 1", "check 2", "check 3", "effect 1", "effect 2", "effect 3"]);
  expect(client.bodies).toEqual(["1", "2", "3"]);
});

test("C-028 C-141 answers BEGIN at once, its SENDs and COMMIT when they took effect", async () => {
  const client = connected().feed("BEGIN\ntransaction:t\nreceipt:b\n\n^", send("1", { receipt: "1" }), send("2"));
  expect(client.receipts).toEqual(["b"]);
  expect((await settled(client.feed(commit))).receipts).toEqual(["b", "1", "c"]);
});

test("C-112 ABORT discards, and is answered itself", () => {
  const client = connected().feed(begin, send("1", { receipt: "1" }), "ABORT\ntransaction:t\nreceipt:a\n\n^");
  expect(client.broker.events).toEqual([]);
  expect(client.receipts).toEqual(["a"]);
});

test("C-115 what was not committed is gone with the session", async () => {
  for (const end of ["DISCONNECT\n\n^", "SEND\n\n^"]) {
    const client = await settled(connected().feed(begin, send("1"), end));
    expect(client.broker.events).not.toContain("effect 1");
  }
});

test.each([
  ["C-074 B-35 a SEND in an unknown transaction", send("1"), "PROTOCOL/1002"],
  ["C-110 BEGIN without transaction", "BEGIN\nreceipt:r\n\n^", "PROTOCOL/1002/r"],
  ["C-110 COMMIT without transaction", "COMMIT\nreceipt:r\n\n^", "PROTOCOL/1002/r"],
  ["C-110 ABORT without transaction", "ABORT\nreceipt:r\n\n^", "PROTOCOL/1002/r"],
  ["C-113 BEGIN of an open id", `${begin}${begin}`, "PROTOCOL/1002"],
  ["C-114 COMMIT of an unknown id", commit, "PROTOCOL/1002/c"],
  ["C-114 ABORT of an unknown id", "ABORT\ntransaction:t\n\n^", "PROTOCOL/1002"],
  ["C-070 a SEND without destination", `${begin}SEND\ntransaction:t\n\n^`, "PROTOCOL/1002"],
])("refuses %s", async (_, frames, end) => {
  expect((await settled(connected().feed(frames))).end).toBe(end);
});

test("B-35 refuses the second COMMIT", async () => {
  const client = await settled(connected().feed(begin, commit, commit));
  expect(client.receipts).toEqual(["c"]);
  expect(client.end).toBe("PROTOCOL/1002/c");
});

test("C-116 an id may be used again", async () => {
  const client = connected().feed(
    begin,
    "ABORT\ntransaction:t\n\n^",
    begin,
    send("1"),
    commit,
    begin,
    send("2"),
    commit,
  );
  await settled(client);
  expect(client.receipts).toEqual(["c", "c"]);
});

test("C-117 B-35 limits open transactions, their frames and their octets", () => {
  const limits = { transactionsMax: 2, transactionFramesMax: 3, transactionBytesMax: 200 };
  const client = connected("1.2", { limits }).feed(begin, "BEGIN\ntransaction:u\n\n^");
  expect(client.feed("BEGIN\ntransaction:v\n\n^").end).toBe("TOO_MANY/1008");
  const frames = connected("1.2", { limits }).feed(begin, send("1"), send("2"), send("3"));
  expect(frames.feed(send("4")).end).toBe("TOO_MANY/1008");
  const large = connected("1.2", { limits }).feed(begin, send("x".repeat(100)));
  expect(large.feed(send("x".repeat(100))).end).toBe("TOO_LARGE/1009");
});

describe("a transaction of which one SEND is refused", () => {
  const frames = [begin, send("1", { receipt: "1" }), send("2", { to: "/refuse/x" }), send("3"), commit];

  test("has no effect, and ERROR names COMMIT", async () => {
    const client = await settled(connected().feed(...frames));
    expect(client.end).toBe("INVALID/1008/c");
    expect(client.broker.events).toEqual(["check 1", "refused COMMIT c INVALID", "faulted INVALID", "closed ann"]);
  });

  test("G-9 D-2 is refused as a whole where the connection stays open: each frame that asked is answered", async () => {
    const client = connected();
    client.broker.tells = true;
    await settled(client.feed(...frames));
    expect(client.broker.events).toEqual(["check 1", "refused COMMIT c INVALID", "refused SEND 1 INVALID"]);
    expect(client.receipts).toEqual([]);
    expect(client.feed("SEND\ndestination:/topic/x\nreceipt:r\n\n^").receipts).toEqual(["r"]);
  });

  test("D-4 ends the connection if the destination is unknown", async () => {
    const client = connected();
    client.broker.tells = true;
    await settled(client.feed(begin, send("1"), send("2", { to: "/nope" }), commit));
    expect(client.end).toBe("FORBIDDEN/1008/c");
    expect(client.broker.events).not.toContain("effect 1");
  });
});

describe("outcomes that settle later", () => {
  const one = { to: "/settle/1", receipt: "1" };
  const two = { to: "/settle/2" };

  test("C-142 each SEND is answered by its own, COMMIT by all, and later frames do not wait", async () => {
    const client = connected().feed(begin, send("1", one), send("2", two), commit);
    await settled(client.feed("SEND\ndestination:/topic/x\nreceipt:r\n\n^"));
    expect(client.receipts).toEqual(["r"]);
    client.broker.gate("/settle/1").resolve();
    expect((await settled(client)).receipts).toEqual(["r", "1"]);
    client.broker.gate("/settle/2").resolve();
    expect((await settled(client)).receipts).toEqual(["r", "1", "c"]);
  });

  test("C-144 one that fails is told once for each receipt that was asked", async () => {
    const client = connected().feed(begin, send("1", one), send("2", two), commit);
    client.broker.tells = true;
    client.broker.gate("/settle/1").reject(new Refusal("CONFLICT", "other content"));
    client.broker.gate("/settle/2").resolve();
    await settled(client);
    expect(client.broker.events.slice(-2)).toEqual(["refused SEND 1 CONFLICT", "refused COMMIT c CONFLICT"]);
    expect(client.receipts).toEqual([]);
  });

  test.each([
    ["1", "refused SEND 1 CONFLICT"],
    ["2", "refused COMMIT - CONFLICT"],
  ])("is told once where COMMIT did not ask: SEND %s fails", async (failing, event) => {
    const client = connected().feed(begin, send("1", one), send("2", two), "COMMIT\ntransaction:t\n\n^");
    client.broker.tells = true;
    await settled(client);
    client.broker.gate(`/settle/${failing}`).reject(new Refusal("CONFLICT", "other content"));
    client.broker.gate(`/settle/${failing === "1" ? "2" : "1"}`).resolve();
    await settled(client);
    expect(client.broker.events.filter((seen) => seen.startsWith("refused"))).toEqual([event]);
  });
});

test("an effect that throws does not keep later ones from theirs", async () => {
  const client = connected().feed(begin, send("1", { to: "/throw/x" }), send("2"), commit);
  client.broker.tells = true;
  await settled(client);
  expect(client.broker.events).toEqual(["check 2", "throw 1", "effect 2", "refused COMMIT c INVALID"]);
});

test("G-6 later frames wait for the checks of COMMIT", async () => {
  const client = connected().feed(begin, send("1", { to: "/check/x" }), commit, "SEND\ndestination:/topic/x\n\n2^");
  await settled(client);
  expect(client.broker.events).toEqual([]);
  client.broker.gate("/check/x").resolve();
  await settled(client);
  expect(client.broker.events).toEqual(["check 1", "effect 1", "check 2", "effect 2"]);
});
