// The promises about topics: order, asynchrony, subscriptions that stand, and ends.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bus } from "../bus.ts";
import { createEar, listenTo, uniqueName } from "./broker.ts";

/** @param open opens one more bus on the broker of this test */
export function testTopics(open: () => Promise<Bus>): void {
  test("delivers to every listener in the order of the calls, over all topics and logs", async () => {
    const [ours, theirs] = [await open(), await open()];
    const [one, two, log] = [uniqueName("one"), uniqueName("two"), uniqueName("log")];
    const ears = [await listenTo(ours, one, two), await listenTo(theirs, two, one)];
    const calls = Array.from({ length: 300 }, (_, call) => {
      const topic = call % 2 === 0 ? one : two;
      if (call % 3 === 0) return ours.append({ name: log, topic }, "key", String(call));
      return ours.publish(topic, "key", String(call));
    });
    await Promise.all(calls);
    for (const ear of ears) expect(await ear.until("299")).toEqual(calls.map((_, call) => String(call)));
  });

  test("shows all listeners the same order of what several processes publish", async () => {
    const buses = [await open(), await open()];
    const topic = uniqueName("topic");
    const ears = await Promise.all(buses.map((bus) => listenTo(bus, topic)));
    for (let turn = 0; turn < 50; turn++) {
      await Promise.all(buses.map((bus, process) => bus.publish(topic, "key", `${process}.${turn}`)));
    }
    await buses[0]!.publish(topic, "key", "end");
    const [first, second] = await Promise.all(ears.map((ear) => ear.until("end")));
    expect(first).toHaveLength(101);
    expect(second).toEqual(first);
  });

  test("calls no listener before the publishing call has returned, nor while another is running", async () => {
    const bus = await open();
    const topic = uniqueName("topic");
    const ear = createEar();
    let running = 0;
    const depths: number[] = [];
    await bus.subscribe(topic, (payload) => {
      depths.push(++running);
      if (payload === "first") void bus.publish(topic, "key", "second");
      ear.listen(payload);
      running--;
    });
    const call = bus.publish(topic, "key", "first");
    expect(ear.heard).toEqual([]);
    await call;
    expect(await ear.until("second")).toEqual(["first", "second"]);
    expect(depths).toEqual([1, 1]);
  });

  test("hears all that anybody publishes after subscribe has resolved", async () => {
    const [ours, theirs] = [await open(), await open()];
    for (let round = 0; round < 20; round++) {
      const topic = uniqueName("topic");
      const ear = await listenTo(ours, topic);
      await theirs.publish(topic, "key", "at once");
      expect(await ear.until("at once")).toEqual(["at once"]);
    }
  });

  test("ends one subscription and leaves the others, also of the same function", async () => {
    const bus = await open();
    const topic = uniqueName("topic");
    const ear = createEar();
    const unsubscribe = await bus.subscribe(topic, ear.listen);
    await bus.subscribe(topic, ear.listen);
    const other = await listenTo(bus, topic);
    await bus.publish(topic, "key", "one");
    await other.until("one");
    await unsubscribe();
    await unsubscribe();
    await bus.publish(topic, "key", "two");
    await other.until("two");
    expect(ear.heard).toEqual(["one", "one", "two"]);
  });

  test("can leave a topic and listen again, over and over", async () => {
    const bus = await open();
    const topic = uniqueName("topic");
    for (let round = 0; round < 10; round++) {
      const ear = createEar();
      const leaving = await bus.subscribe(topic, () => undefined);
      const [, unsubscribe] = await Promise.all([leaving(), bus.subscribe(topic, ear.listen)]);
      await bus.publish(topic, "key", String(round));
      expect(await ear.until(String(round))).toEqual([String(round)]);
      await unsubscribe();
    }
  });

  test("delivers every well-formed string unchanged, by topic and by log", async () => {
    const bus = await open();
    const text = fc.string({ unit: "binary", maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(text, async (payload) => {
        const [topic, name] = [uniqueName("topic"), uniqueName("log")];
        const ear = await listenTo(bus, topic);
        const reader = bus.read({ name });
        await bus.append({ name, topic }, "key", payload);
        const [entry] = await reader.next(1, 5_000);
        expect(entry?.payload).toBe(payload);
        expect(await ear.until(payload)).toEqual([payload]);
        await reader.remove([entry!.id]);
        await reader.close();
      }),
      { numRuns: 30, examples: [[""], ["\0\r\n"], ["한글 👍🏽"]] },
    );
  });

  test("refuses calls after it was closed, and says so", async () => {
    const bus = await open();
    expect([bus.fault(), bus.fault("topic")]).toEqual([undefined, undefined]);
    await bus.close();
    const unreachable = { name: "BusFault", code: "UNREACHABLE" };
    await expect(bus.publish("topic", "key", "late")).rejects.toMatchObject(unreachable);
    await expect(bus.append({ name: uniqueName("log") }, "key", "late")).rejects.toMatchObject(unreachable);
    const once = { key: uniqueName("key"), rememberMs: 1_000 };
    await expect(bus.appendOnce({ name: uniqueName("log") }, once, "late")).rejects.toMatchObject(unreachable);
    await expect(bus.agree(uniqueName("agreed"), "late")).rejects.toMatchObject(unreachable);
    await expect(bus.subscribe("topic", () => undefined)).rejects.toMatchObject(unreachable);
    expect(bus.fault("topic")).toBe("The bus is closed");
    expect(bus.fault()).toBe("The bus is closed");
  });
}
