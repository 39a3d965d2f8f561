// The promises together: whatever two processes call in whatever order, everybody sees one history.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Bus, LogReader } from "../bus.ts";
import { contentOf, listenTo, uniqueName } from "./broker.ts";

const process = fc.nat({ max: 1 });
const place = fc.nat({ max: 1 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("append" as const), process, place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("publish" as const), process, place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), process, place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface World {
  /** Of two processes. */
  buses: Bus[];
  /** Both publish on topics that live publications use too. */
  logs: { name: string; topic: string }[];
  /** One for each log. */
  readers: LogReader[];
  calls: Promise<void>[];
  /** What each process published and appended, in the order of its calls. */
  called: string[][];
  removed: Set<string | undefined>;
}

async function take(world: World, action: Step): Promise<void> {
  if (action.kind === "turn") return new Promise((resolve) => setImmediate(resolve));
  const bus = world.buses[action.process]!;
  const log = world.logs[action.place]!;
  if (action.kind === "remove") {
    const reader = world.readers[action.place]!;
    const entries = await reader.next(2, 0);
    for (const entry of entries) world.removed.add(entry.payload);
    return reader.remove(entries.map((entry) => entry.id));
  }
  const called = world.called[action.process]!;
  const payload = `${action.kind} ${action.place} by ${action.process}, ${called.length}`;
  called.push(payload);
  const call = action.kind === "append" ? bus.append(log, "key", payload) : bus.publish(log.topic, "key", payload);
  world.calls.push(call);
}

/** @param open opens one more bus on the broker of this test */
export function testInterleavings(open: () => Promise<Bus>): void {
  test("shows one history to all, whatever is appended, published and removed meanwhile", async () => {
    const buses = [await open(), await open()];

    async function check(steps: Step[]) {
      const logs = [0, 1].map(() => ({ name: uniqueName("log"), topic: uniqueName("topic") }));
      const topics = logs.map((log) => log.topic);
      const ears = await Promise.all(buses.map((bus) => listenTo(bus, ...topics)));
      const readers = logs.map((log) => buses[0]!.read(log));
      const world: World = { buses, logs, readers, calls: [], called: [[], []], removed: new Set() };
      for (const action of steps) await take(world, action);
      await Promise.all(world.calls);
      await buses[0]!.publish(topics[0]!, "key", "end");

      const [first, second] = await Promise.all(ears.map((ear) => ear.until("end")));
      expect(second).toEqual(first);
      for (const [by, called] of world.called.entries()) {
        expect(first!.filter((payload) => payload.includes(`by ${by}`))).toEqual(called);
      }
      for (const [at, log] of logs.entries()) {
        const appended = first!.filter((payload) => payload.startsWith(`append ${at}`));
        expect(await contentOf(buses[1]!, log.name)).toEqual(appended.filter((payload) => !world.removed.has(payload)));
      }
      await Promise.all(readers.map((reader) => reader.close()));
    }

    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), check), { numRuns: 40 });
  });
}
