import { Refusal } from "@parley/contracts";
import { describe, expect, test } from "vitest";
import { tickMs } from "../src/index.ts";
import { connected, TestClient } from "./client.ts";

describe("deadlines", () => {
  test("C-061 closes who has sent no complete CONNECT in 10 s, whatever trickles in", () => {
    const client = new TestClient();
    for (const [second, octet] of "CONNECT\na".split("").entries()) client.at(second * 1_000).feed(octet);
    expect(client.at(9_999).closed).toBeUndefined();
    expect(client.at(10_000).end).toBe("TIMEOUT/1013");
    expect(client.broker.events).toEqual(["faulted TIMEOUT"]);
  });

  test("B-29 closes 30 s after the first octet of an unfinished frame, and says for which receipt", () => {
    const client = connected().at(5_000).feed("SEND\nreceipt:r1\n").at(20_000).feed("a");
    expect(client.at(34_999).closed).toBeUndefined();
    expect(client.at(35_000).end).toBe("TIMEOUT/1013/r1");
  });

  test("a frame that is finished in time, or waits for us, is not late", () => {
    const client = connected().feed("SEND\n").at(20_000).feed("destination:/check/x\n\n^SEND\n");
    expect(client.at(100_000).closed).toBeUndefined();
  });

  test("EOLs are no unfinished frame", () => {
    expect(connected().feed("\n\r\n").at(100_000).closed).toBeUndefined();
  });
});

describe("heart-beats", () => {
  const heartBeat = { sendMs: 1_000, receiveMs: 1_000 };

  function beating(header: string): TestClient {
    const client = new TestClient({ heartBeat }).feed(`CONNECT\naccept-version:1.2\nheart-beat:${header}\n\n^`);
    client.sent.length = 0;
    return client;
  }

  test("C-052 C-053 sends an EOL when there is nothing else to send", () => {
    const client = beating("0,1000");
    for (let now = tickMs; now <= 10_000; now += tickMs) client.at(now);
    expect(new Set(client.sent.map(String))).toEqual(new Set(["\n"]));
    expect(client.sent.length).toBeGreaterThanOrEqual(10);
  });

  test("sends none while there is something else to send", () => {
    const client = beating("0,1000");
    for (let now = tickMs; now <= 10_000; now += tickMs)
      client.feed("SEND\ndestination:/topic/x\nreceipt:r\n\n^").at(now);
    expect(client.sent.map(String)).not.toContain("\n");
  });

  test("C-054 drops a silent client", () => {
    const client = beating("1000,0");
    expect(client.at(2_000).closed).toBeUndefined();
    expect(client.at(2_000 + tickMs).end).toBe("TIMEOUT/1013");
  });

  test.each(["\n", "\r\n", "S"])("C-057 C-174 takes %j as a sign of life", (octet) => {
    const client = beating("1000,0").at(1_900).feed(octet);
    expect(client.at(3_900).closed).toBeUndefined();
    expect(client.at(3_901).end).toBe("TIMEOUT/1013");
  });

  test("C-056 never drops for silence where none was agreed", () => {
    expect(beating("0,0").at(1_000_000).closed).toBeUndefined();
  });

  test("does not take for silence that it has asked the transport not to read", () => {
    const limits = { pendingBytesMax: 10 };
    const client = new TestClient({ heartBeat, limits }).feed("CONNECT\nheart-beat:1000,0\n\n^");
    client.feed("SEND\ndestination:/check/x\n\n^", "x".repeat(11));
    expect(client.paused).toBe(true);
    expect(client.at(10_000).closed).toBeUndefined();
  });

  test("sends nothing before CONNECTED", () => {
    expect(new TestClient({ heartBeat }).feed("CONNECT\nheart-beat:0,1000\nlogin:gate\n\n^").at(5_000).sent).toEqual(
      [],
    );
  });
});

describe("its end", () => {
  test("C-150 G-9 a refusal of the owner is told with its headers, then closed, and then nothing more is sent", () => {
    const client = connected().feed("SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^");
    client.session.end(new Refusal("RESYNC", "restored backup"), { seq: "7" });
    expect(client.frames("ERROR")[0]?.headers).toMatchObject({ code: "RESYNC", seq: "7" });
    expect(client.closed).toEqual({ code: 1013, reason: "RESYNC" });
    client.session.write(Buffer.from("late"));
    client.session.end(new Refusal("RESTART", "again"));
    client.session.closedByPeer();
    client.feed("SEND\ndestination:/topic/x\n\n^").at(1_000_000);
    expect(client.frames()).toHaveLength(1);
    expect(client.broker.events).toEqual(["subscribe s1", "faulted RESYNC", "unsubscribe s1", "closed ann"]);
  });

  test("C-034 C-115 a client that vanishes leaves nothing behind", () => {
    const client = connected().feed("SUBSCRIBE\nid:s1\ndestination:/topic/x\n\n^BEGIN\ntransaction:t\n\n^");
    client.session.closedByPeer();
    client.session.closedByPeer();
    expect(client.session.state).toBe("ended");
    expect(client.broker.events).toEqual(["subscribe s1", "unsubscribe s1", "closed ann"]);
    expect(client.sent).toEqual([]);
  });

  test("one that vanishes before CONNECT was never there", () => {
    const client = new TestClient().feed("CONN");
    client.session.closedByPeer();
    expect(client.broker.events).toEqual([]);
  });
});

test("C-040 nothing is written before CONNECTED", () => {
  const client = new TestClient();
  client.session.write(Buffer.from("early"));
  expect(client.sent).toEqual([]);
});

test("C-154 nothing of what was refused is echoed but its receipt, escaped", () => {
  const client = connected().feed("SUBSCRIBE\nid:secret\nreceipt:a\\nb\\cc\ndestination:/secret\nx:secret\n\n^");
  expect(client.sent.join("")).toContain("receipt-id:a\\nb\\cc\n");
  expect(client.sent.join("")).not.toContain("secret");
});

describe("a session that is retired", () => {
  test("answers what is under way, then tells why and closes; what comes meanwhile is not processed", async () => {
    const client = connected().feed("SEND\ndestination:/settle/x\nreceipt:r1\n\n1^");
    client.session.retire(new Refusal("RESTART", "again"));
    client.feed("SEND\ndestination:/topic/x\n\n2^");
    expect(client.closed).toBeUndefined();
    client.broker.gate("/settle/x").resolve();
    await client.settled();
    expect(client.receipts).toEqual(["r1"]);
    expect(client.end).toBe("RESTART/1012");
    expect(client.broker.events).not.toContain("effect 2");
  });

  test("closes at once if nothing is under way, or it is not connected yet, and at the latest after 10 s", () => {
    const idle = connected();
    idle.session.retire(new Refusal("RESTART", "again"));
    expect(idle.end).toBe("RESTART/1012");
    const waiting = connected().feed("SEND\ndestination:/settle/x\n\n1^");
    waiting.session.retire(new Refusal("RESTART", "again"));
    expect(waiting.at(9_999).closed).toBeUndefined();
    expect(waiting.at(10_000).end).toBe("RESTART/1012");
  });
});
