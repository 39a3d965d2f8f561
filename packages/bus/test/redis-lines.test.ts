// What networks and failovers do between us and Redis.
import { createLog } from "@parley/service";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { contentOf, listenTo } from "../src/conformance.ts";
import { openRedisBus, type Bus } from "../src/index.ts";
import { createOperator } from "./redis-clients.ts";
import { asRedis6, startRedisProxy, type RedisProxy } from "./redis-proxy.ts";
import { startOwnRedis, type OwnRedis } from "./redis-server.ts";

let own: OwnRedis;
let proxy: RedisProxy;

beforeEach(async () => {
  own = await startOwnRedis();
  proxy = await startRedisProxy(own.server.port);
});

afterEach(async () => {
  await own.close();
  await proxy.close();
});

async function afterGap(bus: Bus): Promise<void> {
  await new Promise<unknown>((resolve) => bus.onGap(resolve));
  await expect.poll(() => bus.fault()).toBeUndefined();
}

test("replaces connections that went dead without closing, and tells of the gap", async () => {
  const bus = await own.open({ url: proxy.url, limits: { commandMs: 500 } });
  const ear = await listenTo(bus, "topic");
  const reader = bus.read({ name: "log" });
  await bus.append({ name: "log", topic: "topic" }, "key", "before");
  const [before] = await reader.next(1, 5_000);
  await reader.remove([before!.id]);
  const waiting = reader.next(1, 15_000).catch(() => reader.next(1, 15_000));
  proxy.goDead();
  await afterGap(bus);
  await bus.append({ name: "log", topic: "topic" }, "key", "after");
  expect(await ear.until("after")).toContain("after");
  expect((await waiting)[0]!.payload).toBe("after");
});

test("notices that its connections lead to different servers, and brings them together", async () => {
  const other = await startOwnRedis();
  onTestFinished(() => other.close());
  const operator = createOperator(own.server.url);
  onTestFinished(() => operator.close());
  const bus = await own.open({ url: proxy.url, clientName: "test" });
  const ear = await listenTo(bus, "topic");
  proxy.leadTo(other.server.port);
  await operator.cut("test:commands");
  await afterGap(bus);
  await bus.append({ name: "log", topic: "topic" }, "key", "at the other");
  await ear.until("at the other");
  expect(await contentOf(await other.open(), "log")).toEqual(["at the other"]);
});

test("refuses to append to a Redis that is too old to tell of losses, and says so", async () => {
  const older = await startRedisProxy(own.server.port, asRedis6);
  onTestFinished(() => older.close());
  const bus = await own.open({ url: older.url });
  expect(bus.fault()).toMatch(/^Redis is too old: its version is 6[.\d]+, not 7.0 or later$/);
  await expect(bus.append({ name: "log" }, "key", "1")).rejects.toMatchObject({ code: "UNREACHABLE" });
  const start = openRedisBus(older.url, createLog("test", "silent"));
  await expect(start).rejects.toMatchObject({ name: "StartFault", exitCode: 78 });
});
