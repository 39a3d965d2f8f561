// The promises about what happens once, whoever calls: appends under a key, and values that all agree on.
import { expect, test } from "vitest";
import type { Bus, BusLimits } from "../bus.ts";
import { contentOf, listenTo, uniqueName } from "./broker.ts";

/** @param open opens one more bus on the broker of this test */
export function testOnce(open: (limits?: Partial<BusLimits>) => Promise<Bus>): void {
  test("appends once under a key, whoever calls, and publishes what it appends", async () => {
    const buses = [await open(), await open()];
    const log = { name: uniqueName("log"), topic: uniqueName("topic") };
    const once = { key: uniqueName("key"), rememberMs: 60_000 };
    const ear = await listenTo(buses[1]!, log.topic);
    const calls = ["1", "2", "3", "4"].map((payload, call) => buses[call % 2]!.appendOnce(log, once, payload));
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await buses[0]!.appendOnce(log, once, "later")).toBe(false);
    const done = [String(outcomes.indexOf(true) + 1)];
    await buses[0]!.publish(log.topic, "key", "end");
    expect(await ear.until("end")).toEqual([...done, "end"]);
    expect(await contentOf(buses[1]!, log.name)).toEqual(done);
  });

  test("appends once in silence to a log without topic, under each key", async () => {
    const bus = await open();
    const log = { name: uniqueName("log") };
    const keys = [uniqueName("key"), uniqueName("key")];
    for (const key of keys) expect(await bus.appendOnce(log, { key, rememberMs: 60_000 }, key)).toBe(true);
    expect(await contentOf(bus, log.name)).toEqual(keys);
  });

  test("forgets a key after its time", async () => {
    const bus = await open();
    const log = { name: uniqueName("log") };
    const once = { key: uniqueName("key"), rememberMs: 20 };
    expect(await bus.appendOnce(log, once, "1")).toBe(true);
    await expect.poll(() => bus.appendOnce(log, once, "2"), { timeout: 5_000 }).toBe(true);
    expect(await contentOf(bus, log.name)).toEqual(["1", "2"]);
  });

  test("keeps the order of the calls, however each appends", async () => {
    const bus = await open();
    const log = { name: uniqueName("log"), topic: uniqueName("topic") };
    const ear = await listenTo(bus, log.topic);
    const payloads = ["1", "2", "3", "4", "5", "6"];
    const append = async (payload: string, call: number) => {
      if (call % 3 === 0) await bus.append(log, "key", payload);
      else if (call % 3 === 1) await bus.appendOnce(log, { key: uniqueName("key"), rememberMs: 1_000 }, payload);
      else await bus.publish(log.topic, "key", payload);
    };
    await Promise.all(payloads.map(append));
    expect(await ear.until("6")).toEqual(payloads);
  });

  test("refuses it with BACKLOG_FULL when the log is full, and does not remember the key", async () => {
    const bus = await open({ logEntriesMax: 1 });
    const log = { name: uniqueName("log") };
    const once = { key: uniqueName("key"), rememberMs: 60_000 };
    await bus.append(log, "key", "1");
    const refusal = { name: "BusFault", code: "BACKLOG_FULL" };
    await expect(bus.appendOnce(log, once, "2")).rejects.toMatchObject(refusal);
    const reader = bus.read(log);
    const [first] = await reader.next(1, 0);
    await reader.remove([first!.id]);
    expect(await bus.appendOnce(log, once, "3")).toBe(true);
    expect(await bus.appendOnce(log, once, "4")).toBe(false);
  });

  test("agrees with all processes on the value that was named first", async () => {
    const buses = [await open(), await open()];
    const name = uniqueName("agreed");
    const answers = await Promise.all(["a", "b", "c"].map((value, call) => buses[call % 2]!.agree(name, value)));
    expect(new Set(answers).size).toBe(1);
    expect(await buses[1]!.agree(name, "later")).toBe(answers[0]);
    expect(await buses[1]!.agree(uniqueName("agreed"), "other")).toBe("other");
  });
}
