import { createPartitioning } from "@parley/contracts";
import { beforeEach, describe, expect, test } from "vitest";
import { createFeeds } from "../src/feeds.ts";

const [one, other] = createPartitioning(2).all;

describe("the partitions that a gateway listens to", () => {
  let nowMs: number;
  let isAway: boolean;
  let subscribed: string[];
  let ended: string[];
  beforeEach(() => {
    nowMs = 0;
    isAway = false;
    subscribed = [];
    ended = [];
  });
  const open = () =>
    createFeeds(
      async ({ log }) => {
        subscribed.push(log);
        if (isAway) throw new Error("away");
        return async () => void ended.push(log);
      },
      () => nowMs,
    );

  test("are listened to from their first use, once", async () => {
    const feeds = open();
    expect(feeds.lacks(one!)).toBeDefined();
    await Promise.all([feeds.use(one!), feeds.use(one!)]);
    expect(feeds.lacks(one!)).toBeUndefined();
    expect(subscribed).toEqual([one!.log]);
  });

  test("are UNAVAILABLE while the bus is away, and tried again by the next", async () => {
    const feeds = open();
    isAway = true;
    await expect(feeds.use(one!)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    isAway = false;
    await feeds.use(one!);
    expect(feeds.lacks(one!)).toBeUndefined();
  });

  test("are left once nobody has used them for a minute and no room there is open", async () => {
    const feeds = open();
    await Promise.all([feeds.use(one!), feeds.use(other!)]);
    nowMs = 59_000;
    feeds.sweep(new Set());
    expect(feeds.lacks(other!)).toBeUndefined(); // Which is a use.
    nowMs = 61_000;
    feeds.sweep(new Set());
    await expect.poll(() => ended).toEqual([one!.log]);
    nowMs = 200_000;
    feeds.sweep(new Set([other!]));
    await feeds.use(one!);
    expect([subscribed.length, ended.length]).toEqual([3, 1]);
  });
});
