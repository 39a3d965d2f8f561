import { randomUUID } from "node:crypto";
import { partitionOf } from "@parley/contracts";
import { Pool } from "pg";
import { afterEach, describe, expect, inject, test } from "vitest";
import { signUp } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { readMetric } from "../src/metric.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const partitions = 8;
const perRoom = 60;
const patience = { timeout: 10_000 };

describe("4 chat-history on 8 partitions, two of them killed in turn", () => {
  let cluster: Cluster;
  afterEach(() => cluster.close());

  test("every room keeps its order, each message is stored once, everybody is given all (G-1…G-6)", async () => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 4, partitions });
    const partsOf = () => Promise.all(cluster.histories.map(({ url }) => readMetric(url, "recorder_active")));
    await expect.poll(partsOf, patience).toEqual([2, 2, 2, 2]);

    const rooms = Array.from({ length: 24 }, () => randomUUID());
    expect(new Set(rooms.map((room) => partitionOf(room, partitions))).size).toBeGreaterThan(4);
    const people = await Promise.all(["Alice", "Bob"].map((name) => signUp(cluster.auth.url, name)));
    const listeners = await Promise.all(people.map((person, n) => connectStompjs(cluster.gateways[n]!.url, person)));
    const inboxes = await Promise.all(
      rooms.map((roomId) => Promise.all(listeners.map((listener) => listener.subscribe(roomId)))),
    );
    const senders = await Promise.all(
      people.map((person, n) => openRetryingSender(() => cluster.gateways[n]!.url, person)),
    );

    // Each sender has one message under way in each room; the killing starts when a third, then two thirds are stored.
    let stored = 0;
    const total = rooms.length * senders.length * perRoom;
    const kills = [2, 3].map((which) => ({ which, at: (total * (which - 1)) / 3 }));
    const killed: Promise<unknown>[] = [];
    await Promise.all(
      senders.flatMap((sender, who) =>
        rooms.map(async (roomId) => {
          for (let n = 0; n < perRoom; n++) {
            await sender.send(roomId, `${who}: ${n}`);
            if (++stored < (kills[0]?.at ?? Infinity)) continue;
            killed.push(cluster.histories[kills.shift()!.which]!.end("SIGKILL"));
          }
        }),
      ),
    );
    await Promise.all(killed);
    expect(killed).toHaveLength(2);
    await expect.poll(partsOfSurvivors, patience).toEqual([4, 4]);

    const pool = new Pool({ connectionString: cluster.databaseUrl });
    for (const [place, roomId] of rooms.entries()) {
      const { rows } = await pool.query<{ seq: number; content: string }>(
        "SELECT seq::int, content FROM chat.message WHERE room_id = $1 ORDER BY seq",
        [roomId],
      );
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: senders.length * perRoom }, (_, n) => n + 1));
      for (const who of senders.keys()) {
        const own = rows.filter(({ content }) => content.startsWith(`${who}: `)).map(({ content }) => content);
        expect(own).toEqual(Array.from({ length: perRoom }, (_, n) => `${who}: ${n}`));
      }
      for (const inbox of inboxes[place]!) {
        await inbox.until(() => confirmedOf(inbox).length === rows.length);
        expect(confirmedOf(inbox).map(({ seq, content }) => ({ seq, content }))).toEqual(rows);
      }
    }
    for (const sender of senders) sender.close();
    await Promise.all(listeners.map((listener) => listener.close()));
    await pool.end();

    async function partsOfSurvivors() {
      const parts = await Promise.all(
        cluster.histories.slice(0, 2).map(({ url }) => readMetric(url, "recorder_active")),
      );
      return parts.map(Number);
    }
  });
});
