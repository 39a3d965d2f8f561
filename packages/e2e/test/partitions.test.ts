import { partitionOf } from "@parley/contracts";
import { afterEach, describe, expect, inject, test } from "vitest";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { readMetric } from "../src/metric.ts";
import { openManyRooms } from "./many-rooms.ts";

const partitions = 8;
const patience = { timeout: 10_000 };

describe("4 chat-history on 8 partitions, two of them killed in turn", () => {
  let cluster: Cluster;
  afterEach(() => cluster.close());

  test("every room keeps its order, each message is stored once, everybody is given all (G-1…G-6)", async () => {
    cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 4, partitions });
    const partsOf = (count: number) =>
      Promise.all(cluster.histories.slice(0, count).map(({ url }) => readMetric(url, "recorder_active")));
    await expect.poll(() => partsOf(4), patience).toEqual([2, 2, 2, 2]);

    const chat = await openManyRooms(cluster);
    expect(new Set(chat.rooms.map((room) => partitionOf(room, partitions))).size).toBeGreaterThan(4);
    const doomed = new Map([
      [chat.total / 3, cluster.histories[2]!],
      [(chat.total / 3) * 2, cluster.histories[3]!],
    ]);
    const killed: Promise<unknown>[] = [];
    await chat.sendAll((receipted) => {
      const victim = doomed.get(receipted);
      if (victim) killed.push(victim.end("SIGKILL"));
    });
    await Promise.all(killed);
    expect(killed).toHaveLength(2);
    await expect.poll(() => partsOf(2), patience).toEqual([4, 4]);
    await chat.expectWhole();
    await chat.close();
  });
});
