// What Redis does to us (faults.md B), each on a server of its own.
import { afterEach, beforeEach, expect, test } from "vitest";
import { contentOf, createEar, listenTo } from "../src/conformance.ts";
import type { Bus } from "../src/index.ts";
import { createOperator, type Operator } from "./redis-clients.ts";
import { startOwnRedis, type OwnRedis } from "./redis-server.ts";

const log = { name: "log", topic: "topic" };
const unreachable = { name: "BusFault", code: "UNREACHABLE" };
const inDoubt = { name: "BusFault", code: "IN_DOUBT" };
const backlogFull = { name: "BusFault", code: "BACKLOG_FULL" };

let own: OwnRedis;
let operator: Operator;

beforeEach(async () => {
  own = await startOwnRedis();
  operator = createOperator(own.server.url);
  operator.redis.on("error", () => undefined);
});

afterEach(async () => {
  operator.close();
  await own.close();
});

async function usable(bus: Bus): Promise<void> {
  await expect.poll(() => bus.fault(), { timeout: 10_000 }).toBeUndefined();
}

test("sends the appends and publications of one turn in one round trip, in their order", async () => {
  const bus = await own.open();
  const ear = await listenTo(bus, "topic", "other");
  await bus.publish("topic", "key", "first");
  const before = await operator.calls("evalsha");
  const calls = ["a", "b", "c"].flatMap((payload) => [
    bus.append(log, "key", `${payload} appended`),
    bus.publish("other", "key", `${payload} published`),
  ]);
  await Promise.resolve();
  calls.push(bus.append(log, "key", "end"));
  await Promise.all(calls);
  expect((await operator.calls("evalsha")) - before).toBe(1);
  const order = ["a appended", "a published", "b appended", "b published", "c appended", "c published", "end"];
  expect(await ear.until("end")).toEqual(["first", ...order]);
});

test("keeps the order of more calls than one round trip takes", async () => {
  const bus = await own.open();
  const ear = await listenTo(bus, "topic");
  const payloads = Array.from({ length: 2_500 }, (_, call) => String(call));
  await Promise.all(payloads.map((payload) => bus.publish("topic", "key", payload)));
  expect(await ear.until("2499")).toEqual(payloads);
});

test("refuses one trip after the scripts were flushed, repeats nothing, and goes on", async () => {
  const bus = await own.open();
  const ear = await listenTo(bus, "topic");
  await bus.publish("topic", "key", "1");
  await operator.redis.script("FLUSH");
  await expect(bus.publish("topic", "key", "2")).rejects.toMatchObject(unreachable);
  await bus.publish("topic", "key", "3");
  expect(await ear.until("3")).toEqual(["1", "3"]);
});

test("fails what is in doubt when Redis is killed, at once and for good: nothing is sent again", async () => {
  const bus = await own.open({ limits: { commandMs: 2_000 } });
  const ear = await listenTo(bus, log.topic);
  await bus.append(log, "key", "before");
  await ear.until("before");
  own.server.kill("SIGSTOP");
  const append = bus.append(log, "key", "in doubt");
  own.server.kill("SIGKILL");
  await expect(append).rejects.toMatchObject(inDoubt);
  await expect.poll(() => bus.fault()).toBe("Redis is not reachable");
  await expect(bus.append(log, "key", "while away")).rejects.toMatchObject(unreachable);
  await expect(bus.subscribe("other", () => undefined)).rejects.toMatchObject(unreachable);
  const gap = new Promise<unknown>((resolve) => bus.onGap(resolve));
  await own.restart();
  await gap;
  await usable(bus);
  await bus.append(log, "key", "after");
  expect(await ear.until("after")).toEqual(["before", "after"]);
  expect(await contentOf(bus, log.name)).toEqual(["before", "after"]);
});

test("fails calls to a Redis that hangs within commandMs, and repeats none when it goes on", async () => {
  const bus = await own.open({ limits: { commandMs: 500 } });
  const ear = await listenTo(bus, log.topic);
  await bus.append(log, "key", "before");
  await ear.until("before");
  own.server.kill("SIGSTOP");
  const started = performance.now();
  await expect(bus.append(log, "key", "in doubt")).rejects.toMatchObject(inDoubt);
  expect(performance.now() - started).toBeLessThan(1_000);
  await expect.poll(() => bus.fault()).toBe("Redis is not reachable");
  own.server.kill("SIGCONT");
  await usable(bus);
  await bus.append(log, "key", "after");
  await ear.until("after");
  const [first, ...rest] = await contentOf(bus, log.name);
  expect([first, rest.at(-1)]).toEqual(["before", "after"]);
  expect(rest.length).toBeLessThanOrEqual(2);
});

test("finds out that Redis hangs although nobody calls", async () => {
  const bus = await own.open({ limits: { commandMs: 500 } });
  own.server.kill("SIGSTOP");
  await expect.poll(() => bus.fault(), { timeout: 5_000 }).toBe("Redis is not reachable");
  own.server.kill("SIGCONT");
  await usable(bus);
});

test("opens without Redis, says so, and works when it comes", async () => {
  own.server.kill("SIGKILL");
  await own.server.exited;
  const reports: string[] = [];
  const bus = await own.open({ limits: { commandMs: 200 }, onError: (error) => reports.push(error.message) });
  expect(bus.fault()).toBe("Redis is not reachable");
  await expect(bus.append(log, "key", "early")).rejects.toMatchObject(unreachable);
  await expect(bus.read(log).next(1, 100)).rejects.toMatchObject(unreachable);
  expect(reports.length).toBeGreaterThan(0);
  await own.restart();
  await usable(bus);
  await bus.append(log, "key", "first");
  expect(await contentOf(bus, log.name)).toEqual(["first"]);
});

test("goes on reading a log that was emptied and began anew with lower ids", async () => {
  const bus = await own.open();
  await operator.redis.xadd("log", "18446744073709551614-7", "payload", "far in the future");
  const reader = bus.read(log);
  const [future] = await reader.next(10, 5_000);
  const waiting = reader.next(10, 15_000);
  await operator.redis.flushall();
  await bus.append(log, "key", "anew");
  const [anew] = await waiting;
  expect([future!.payload, anew!.payload]).toEqual(["far in the future", "anew"]);
});

test("gives entries again that a Redis with older data brought back, but none that is unfinished", async () => {
  const bus = await own.open({ clientName: "test" });
  const reader = bus.read(log);
  await bus.append(log, "key", "finished");
  await bus.append(log, "key", "unfinished");
  const [finished, unfinished] = await reader.next(10, 5_000);
  await reader.remove([finished!.id]);
  await operator.redis.del("log");
  for (const entry of [finished!, unfinished!]) await operator.redis.xadd("log", entry.id, "payload", entry.payload!);
  await operator.cut("test:reader");
  const again = await reader.next(10, 5_000).catch(() => reader.next(10, 5_000));
  expect(again).toEqual([finished]);
});

test("gives finished entries again when their removal failed", async () => {
  const bus = await own.open({ clientName: "test" });
  const reader = bus.read(log);
  await bus.append(log, "key", "finished");
  const [finished] = await reader.next(10, 5_000);
  await operator.redis.config("SET", "min-replicas-to-write", "1");
  await expect(reader.remove([finished!.id])).rejects.toMatchObject(unreachable);
  await operator.redis.config("SET", "min-replicas-to-write", "0");
  expect(await reader.next(10, 5_000)).toEqual([finished]);
});

test("refuses to append where the name of a log holds something else, until it has gone", async () => {
  const bus = await own.open();
  await operator.redis.set("log", "no stream");
  await expect(bus.append(log, "key", "1")).rejects.toMatchObject(unreachable);
  expect(bus.fault()).toBe("The Redis key log is not a stream");
  const started = performance.now();
  await expect(bus.read(log).next(1, 1_000)).rejects.toMatchObject(unreachable);
  expect(performance.now() - started).toBeGreaterThan(400);
  await operator.redis.del("log");
  await usable(bus);
  await bus.append(log, "key", "1");
});

test("refuses appends with BACKLOG_FULL while Redis is out of memory, and still publishes", async () => {
  const bus = await own.open();
  const ear = await listenTo(bus, "topic");
  await bus.append(log, "key", "1");
  await operator.redis.config("SET", "maxmemory", "1");
  await expect(bus.append(log, "key", "2")).rejects.toMatchObject(backlogFull);
  await bus.publish("topic", "key", "live");
  expect(await ear.until("live")).toEqual(["1", "live"]);
  const reader = bus.read(log);
  const [entry] = await reader.next(10, 0);
  await reader.remove([entry!.id]);
  await operator.redis.config("SET", "maxmemory", "0");
  await bus.append(log, "key", "3");
  expect(await contentOf(bus, log.name)).toEqual(["3"]);
});

test("refuses appends while Redis may evict the log, and says so", async () => {
  await operator.redis.config("SET", "maxmemory-policy", "allkeys-lru");
  const bus = await own.open();
  const ear = createEar();
  await bus.subscribe("topic", ear.listen);
  expect(bus.fault()).toBe("Redis may evict the log: maxmemory-policy is allkeys-lru, not noeviction");
  await expect(bus.append(log, "key", "1")).rejects.toMatchObject(unreachable);
  await bus.publish("topic", "key", "live");
  await ear.until("live");
  await operator.redis.config("SET", "maxmemory-policy", "noeviction");
  await usable(bus);
  await bus.append(log, "key", "1");
});

test("works where checks are forbidden, and tells once what is not checked", async () => {
  await operator.redis.acl("SETUSER", "chat", "on", ">secret", "~*", "&*", "+@all", "-config", "-memory");
  const reports: string[] = [];
  const url = own.server.url.replace("redis://", "redis://chat:secret@");
  const onError = ({ message }: Error) => void (message.includes("not checked") && reports.push(message));
  const bus = await own.open({ url, clientName: "test", limits: { logBytesMax: 1 }, onError });
  expect(bus.fault()).toBeUndefined();
  await bus.append(log, "key", "1");
  const unchecked = [
    "maxmemory-policy is not checked: CONFIG GET is forbidden",
    "the size of logs is not checked: MEMORY USAGE is forbidden",
  ];
  await expect.poll(() => reports, { timeout: 5_000 }).toEqual(unchecked);
  await operator.cut("test:commands");
  await expect.poll(() => bus.append(log, "key", "2").catch(() => "not yet")).toBeUndefined();
  expect(reports).toEqual(unchecked);
});

test("counts the entries that somebody else took out of the log since the reader was opened", async () => {
  const bus = await own.open();
  const append = (...payloads: string[]) => Promise.all(payloads.map((payload) => bus.append(log, "key", payload)));
  await append("before");
  await operator.redis.xtrim("log", "MAXLEN", 0);
  const reader = bus.read(log);
  await append("1", "2", "3", "4", "5");
  expect(await reader.lost()).toBe(0);
  await operator.redis.xtrim("log", "MAXLEN", 0);
  expect(await reader.lost()).toBe(5);
  await append("6", "7");
  const [sixth, seventh] = await reader.next(10, 5_000);
  await operator.redis.xdel("log", sixth!.id);
  await reader.remove([sixth!.id, seventh!.id]);
  expect(await reader.lost()).toBe(6);
});

test.each(["FLUSHALL", "DEL log"])(
  "counts what is known to have been in the log when %s empties it",
  async (command) => {
    const bus = await own.open();
    const reader = bus.read(log);
    for (const payload of ["1", "2", "3", "4"]) await bus.append(log, "key", payload);
    const [first] = await reader.next(1, 5_000);
    expect(await reader.lost()).toBe(0);
    await reader.remove([first!.id]);
    await operator.redis.call(...(command.split(" ") as [string]));
    expect(await reader.lost()).toBe(3);
    await bus.append(log, "key", "anew");
    const [anew] = await reader.next(1, 5_000);
    await reader.remove([anew!.id]);
    expect(await reader.lost()).toBe(3);
  },
);

test("counts nothing as lost when Redis comes back with all it had", async () => {
  const bus = await own.open({ clientName: "test" });
  const reader = bus.read(log);
  for (const payload of ["1", "2", "3"]) await bus.append(log, "key", payload);
  const [first] = await reader.next(1, 5_000);
  await reader.remove([first!.id]);
  own.server.kill("SIGTERM");
  await own.restart();
  await usable(bus);
  expect(await reader.lost()).toBe(0);
  await operator.redis.xtrim("log", "MAXLEN", 1);
  expect(await reader.lost()).toBe(1);
});

test("counts nothing as lost that it may have removed itself without hearing of it", async () => {
  const bus = await own.open({ limits: { commandMs: 500 } });
  const reader = bus.read(log);
  for (const payload of ["1", "2", "3"]) await bus.append(log, "key", payload);
  const entries = await reader.next(2, 5_000);
  own.server.kill("SIGSTOP");
  await expect(reader.remove(entries.map((entry) => entry.id))).rejects.toMatchObject(unreachable);
  await expect.poll(() => bus.fault()).toBe("Redis is not reachable");
  own.server.kill("SIGCONT");
  await usable(bus);
  expect(await reader.lost()).toBe(0);
  await operator.redis.xtrim("log", "MAXLEN", 0);
  expect(await reader.lost()).toBeGreaterThan(0);
});
