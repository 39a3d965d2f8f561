import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { uniqueName } from "../src/conformance.ts";
import { BusFault } from "../src/index.ts";
import { createRedisReader } from "../src/redis-reader.ts";
import { redisUrl } from "./redis-url.ts";

test("removes nothing where the log is now that it has read elsewhere, but gives it again", async () => {
  const redis = new Redis(redisUrl());
  onTestFinished(() => redis.disconnect());
  const log = uniqueName("log");
  const world = { readFrom: "one", isAt: "one" };
  const reader = createRedisReader({
    line: { redis, origin: () => world.readFrom, close: () => undefined },
    log,
    commandMs: 3_000,
    async remove(ids, isOf) {
      if (!isOf(world.isAt)) throw new BusFault("UNREACHABLE", "elsewhere");
      await redis.xdel(log, ...ids);
    },
    lost: async () => 0,
  });
  await redis.xadd(log, "*", "payload", "1");
  const [first] = await reader.next(10, 0);
  world.isAt = "two";
  await redis.xadd(log, "*", "payload", "2");
  const [second] = await reader.next(10, 0);
  await expect(reader.remove([first!.id])).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(await redis.xlen(log)).toBe(2);

  world.readFrom = "two";
  expect(await reader.next(10, 0)).toEqual([first]);
  await reader.remove([first!.id]);
  await expect(reader.remove([second!.id])).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(await reader.next(10, 0)).toEqual([second]);
  await reader.remove([second!.id]);
  expect(await redis.xlen(log)).toBe(0);
});
