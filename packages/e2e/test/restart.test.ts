import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openRaw } from "../src/raw-client.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";

describe("a service that is told to stop", () => {
  let cluster: Cluster;
  let alice: Person;
  beforeEach(async () => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 2 });
    alice = await signUp(cluster.auth.url, "Alice");
  });
  afterEach(() => cluster.close());

  test("chat-ws answers what is due, sends its clients away with RESTART, and ends with 0 (P-27)", async () => {
    const gateway = cluster.gateways[0]!;
    const roomId = randomUUID();
    const client = await openRaw(gateway.url, alice);
    const total = 100;
    for (let n = 1; n <= total; n++) {
      client.send("SEND", { destination: "/app/chat", receipt: `${n}` }, JSON.stringify({ roomId, content: `${n}` }));
    }
    await client.next("RECEIPT");
    const code = gateway.end("SIGTERM");
    expect((await client.next("ERROR")).headers["code"]).toBe("RESTART");
    expect(await client.closed).toBe(1012);
    expect(await code).toBe(0);
    const receipted = client.frames.all
      .filter(({ command }) => command === "RECEIPT")
      .map(({ headers }) => headers["receipt-id"]);
    const stored = (await readHistory(cluster.histories[0]!.url, roomId, alice)).map(({ content }) => content);
    // What it took it answered: nothing is stored without RECEIPT, nothing receipted is missing.
    expect(new Set(receipted)).toEqual(new Set(stored));
  });

  test("chat-history hands the writing over, and no sender notices more than a pause", async () => {
    const sender = await openRetryingSender(() => cluster.gateways[0]!.url, alice);
    const roomId = randomUUID();
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < 100; n++) sent.push(sender.send(roomId, `${n}`));
    await Promise.race(sent);
    expect(await cluster.histories[0]!.end("SIGTERM")).toBe(0);
    for (let n = 100; n < 200; n++) sent.push(sender.send(roomId, `${n}`));
    await Promise.all(sent);
    const stored = await readHistory(cluster.histories[1]!.url, roomId, alice);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    sender.close();
  });
});
