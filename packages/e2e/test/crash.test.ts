import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { afterEach, describe, expect, inject, test } from "vitest";
import { readHistory, signUp } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { readMetric } from "../src/metric.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const total = 500;

describe("kill -9 of chat-history in the middle of 500 messages", () => {
  let cluster: Cluster;
  afterEach(() => cluster.close());

  test.each([
    ["the only one, started again", 1],
    ["the writing one of two", 2],
  ])("%s: each stored once, without hole, every RECEIPT kept (G-1…G-5)", async (_what, histories) => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories });
    const gateway = cluster.gateways[0]!;
    const alice = await signUp(cluster.auth.url, "Alice");
    const roomId = randomUUID();
    const listener = await connectStompjs(gateway.url, alice);
    const inbox = await listener.subscribe(roomId);
    const sender = await openRetryingSender(() => gateway.url, alice);
    const pool = new Pool({ connectionString: cluster.databaseUrl });

    let receipted = 0;
    const { promise: middle, resolve: reachMiddle } = Promise.withResolvers<void>();
    const sent = Array.from({ length: total }, async (_, n) => {
      // In bursts, so that the end comes between one batch and the next or within one.
      await inbox.until((all) => all.length >= Math.floor(n / 50) * 25);
      const delivery = await sender.send(roomId, `text ${n}`);
      if (++receipted === total / 5) reachMiddle();
      return delivery;
    });
    await middle;
    const active = await Promise.all(cluster.histories.map(({ url }) => readMetric(url, "recorder_active")));
    expect(active.toSorted((one, other) => one! - other!)).toEqual(histories === 1 ? [1] : [0, 1]);
    await cluster.histories[active.indexOf(1)]!.end("SIGKILL");
    const survivor = histories === 1 ? await cluster.startHistory() : cluster.histories[active.indexOf(0)]!;

    const deliveries = await Promise.all(sent);
    const stored = await readHistory(survivor.url, roomId, alice);
    expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    expect(new Set(stored.map(({ tempId }) => tempId))).toEqual(new Set(deliveries.map(({ tempId }) => tempId)));
    const { rows } = await pool.query(
      "SELECT count(*)::int AS rows, max(seq)::int AS last FROM chat.message WHERE room_id = $1",
      [roomId],
    );
    expect(rows).toEqual([{ rows: total, last: total }]);
    expect(confirmedOf(inbox).filter(({ content }) => content === "never given")).toEqual([]);

    sender.close();
    await listener.close();
    await pool.end();
  });
});
