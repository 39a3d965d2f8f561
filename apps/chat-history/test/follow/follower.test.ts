import { randomUUID } from "node:crypto";
import type { Log } from "@parley/service";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow } from "../../src/follow/follower.ts";
import { openHistory } from "../fixture.ts";

const patience = { timeout: 10_000 };

describe("following an outbox", () => {
  let history: Awaited<ReturnType<typeof openHistory>>;
  let pool: Pool;
  beforeAll(async () => {
    history = await openHistory();
    ({ pool } = history);
  });
  afterAll(() => history.close());

  function listenIn() {
    const lines: string[] = [];
    const write = (_: unknown, line: string) => void lines.push(line);
    return { lines, log: { warn: write, info: write } as unknown as Log };
  }

  test("is done by one at a time, each item taken in order, once, unless taking it failed", async () => {
    const items: { seq: number }[] = [];
    const taken: number[] = [];
    let atOnce = 0;
    let tries = 0;
    const outbox = {
      name: randomUUID(),
      fetch: async (after: number) => ({ items: items.filter(({ seq }) => seq > after), position: items.length }),
      async take(_: unknown, page: { seq: number }[]) {
        expect(++atOnce).toBe(1);
        await pool.query("SELECT count(*) FROM generate_series(1, 100_000)"); // Time for the others to come between.
        atOnce--;
        if (++tries === 3) throw new Error("on purpose");
        taken.push(...page.map(({ seq }) => seq));
      },
    };
    const { log } = listenIn();
    const followers = Array.from({ length: 4 }, () => follow(outbox, { pool, everyMs: 5, log }));
    for (let seq = 1; seq <= 50; seq++) {
      items.push({ seq });
      if (seq % 10 === 0) await expect.poll(() => taken.length, patience).toBe(seq);
    }
    await Promise.all(followers.map((follower) => follower.close()));
    expect(taken).toEqual(items.map(({ seq }) => seq));
    expect(tries).toBeGreaterThan(5);
  });

  test("goes on while the other is away, and says so once, and once when it is back", async () => {
    let isAway = true;
    let asked = 0;
    const outbox = {
      name: randomUUID(),
      async fetch() {
        asked++;
        if (isAway) throw new Error("away");
        return { items: [], position: 0 };
      },
      take: async () => {},
    };
    const { lines, log } = listenIn();
    const follower = follow(outbox, { pool, everyMs: 5, log });
    await expect.poll(() => asked, patience).toBeGreaterThan(5);
    expect(lines).toHaveLength(1);
    isAway = false;
    const before = asked;
    await expect.poll(() => asked, patience).toBeGreaterThan(before + 5);
    expect(lines).toEqual(["could not be read; trying again", "read again"]);
    await follower.close();
  });
});
