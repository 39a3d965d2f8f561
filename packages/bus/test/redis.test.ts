import { afterEach, beforeEach, expect, test } from "vitest";
import { describeBus, describeBusGaps, listenTo, uniqueName, type CuttableBroker } from "../src/conformance.ts";
import { createRedisBus, type Bus, type BusLimits } from "../src/index.ts";
import { createOperator, type Operator } from "./redis-clients.ts";
import { redisUrl } from "./redis-url.ts";

async function createBroker(limits: Partial<BusLimits> = {}): Promise<CuttableBroker> {
  const clientName = uniqueName("test");
  const aside = createOperator(redisUrl());
  const opened: Bus[] = [];
  return {
    async open() {
      const bus = await createRedisBus({ url: redisUrl(), clientName, limits });
      opened.push(bus);
      return bus;
    },
    cut: () => aside.cut(`${clientName}:subscriber`),
    async close() {
      await Promise.all(opened.map((bus) => bus.close()));
      aside.close();
    },
  };
}

describeBus("redis", createBroker);
describeBusGaps("redis", createBroker);

let operator: Operator;
let buses: Bus[];

beforeEach(() => {
  operator = createOperator(redisUrl());
  buses = [];
});

afterEach(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  operator.close();
});

async function open(clientName = uniqueName("test")): Promise<Bus> {
  const bus = await createRedisBus({ url: redisUrl(), clientName });
  buses.push(bus);
  return bus;
}

test("keeps an entry as one field, payload, and gives foreign entries without payload", async () => {
  const bus = await open();
  const name = uniqueName("log");
  await bus.append({ name }, "key", "ours");
  await operator.redis.xadd(name, "*", "something", "else");
  await operator.redis.xadd(name, "*", "via", "1.1", "payload", "theirs");
  expect((await operator.redis.xrange(name, "-", "+"))[0]![1]).toEqual(["payload", "ours"]);
  const entries = await bus.read({ name }).next(10, 0);
  expect(entries.map((entry) => entry.payload)).toEqual(["ours", undefined, "theirs"]);
});

test("has one Redis subscription to a topic, however many listen, and none when they have left", async () => {
  const bus = await open();
  const topic = uniqueName("topic");
  const leave = await Promise.all([1, 2, 3].map(() => bus.subscribe(topic, () => undefined)));
  expect(await operator.redis.pubsub("NUMSUB", topic)).toEqual([topic, 1]);
  await Promise.all(leave.map((unsubscribe) => unsubscribe()));
  expect(await operator.redis.pubsub("NUMSUB", topic)).toEqual([topic, 0]);
});

test("carries out what was called for before it was closed", async () => {
  const [ours, theirs] = [await open(), await open()];
  const topic = uniqueName("topic");
  const ear = await listenTo(theirs, topic);
  const call = ours.publish(topic, "key", "last");
  await ours.close();
  await call;
  expect(await ear.until("last")).toEqual(["last"]);
});

test("leaves no connection behind when it is closed", async () => {
  const clientName = uniqueName("test");
  const bus = await open(clientName);
  const reader = bus.read({ name: uniqueName("log") });
  await reader.next(1, 0);
  expect(String(await operator.redis.client("LIST")).split(clientName)).toHaveLength(4);
  await bus.close();
  await expect.poll(async () => String(await operator.redis.client("LIST"))).not.toContain(clientName);
});

test("connects its commands and readers again when they were cut, without the word of a gap", async () => {
  const clientName = uniqueName("test");
  const bus = await open(clientName);
  let gaps = 0;
  bus.onGap(() => gaps++);
  const log = { name: uniqueName("log"), topic: uniqueName("topic") };
  const ear = await listenTo(bus, log.topic);
  const reader = bus.read(log);
  await bus.append(log, "key", "before");
  const [before] = await reader.next(10, 5_000);
  await operator.cut(`${clientName}:commands`);
  await operator.cut(`${clientName}:reader`);
  await expect.poll(() => bus.append(log, "key", "after").catch(() => "not yet")).toBeUndefined();
  await ear.until("after");
  const [after, ...more] = await reader.next(10, 5_000);
  expect([before!.payload, after!.payload, more]).toEqual(["before", "after", []]);
  expect(gaps).toBe(0);
});
