// The promises about logs: what is in them, for whom, and when they are full.
import { expect, test } from "vitest";
import type { Bus, BusLimits, Log } from "../bus.ts";
import { contentOf, listenTo, uniqueName } from "./broker.ts";

async function appendAll(bus: Bus, log: Log, payloads: string[]): Promise<void> {
  await Promise.all(payloads.map((payload) => bus.append(log, "key", payload)));
}

/** @param open opens one more bus on the broker of this test */
export function testLog(open: (limits?: Partial<BusLimits>) => Promise<Bus>): void {
  test("has an entry in the log when its topic is heard", async () => {
    const [ours, theirs] = [await open(), await open()];
    const log = { name: uniqueName("log"), topic: uniqueName("topic") };
    const ear = await listenTo(theirs, log.topic);
    await ours.append(log, "key", "both");
    await ear.until("both");
    expect(await contentOf(theirs, log.name)).toEqual(["both"]);
  });

  test("appends in silence to a log without topic", async () => {
    const bus = await open();
    const log = { name: uniqueName("log") };
    const ear = await listenTo(bus, "", log.name);
    await bus.append(log, "key", "silent");
    await bus.publish(log.name, "key", "end");
    expect(await ear.until("end")).toEqual(["end"]);
    expect(await contentOf(bus, log.name)).toEqual(["silent"]);
  });

  test("gives the entries in the order of appending, no more than asked for, each once", async () => {
    const bus = await open();
    const log = { name: uniqueName("log") };
    await appendAll(bus, log, ["1", "2", "3", "4", "5"]);
    const reader = bus.read(log);
    const batches = [
      await reader.next(2, 0),
      await reader.next(2, 0),
      await reader.next(2, 0),
      await reader.next(2, 0),
    ];
    expect(batches.map((batch) => batch.map((entry) => entry.payload))).toEqual([["1", "2"], ["3", "4"], ["5"], []]);
    expect(new Set(batches.flat().map((entry) => entry.id)).size).toBe(5);
  });

  test("keeps what was read until it is removed: a new reader starts at the beginning", async () => {
    const [ours, theirs] = [await open(), await open()];
    const log = { name: uniqueName("log") };
    await appendAll(ours, log, ["1", "2", "3", "4"]);
    const reader = ours.read(log);
    const [first, , third] = await reader.next(10, 0);
    expect(await contentOf(theirs, log.name)).toEqual(["1", "2", "3", "4"]);
    await reader.remove([third!.id, first!.id]);
    await reader.remove([third!.id]);
    await reader.remove([]);
    expect(await contentOf(theirs, log.name)).toEqual(["2", "4"]);
    expect(await reader.next(10, 0)).toEqual([]);
  });

  test("waits for the first entry, and gives it as soon as it is appended", async () => {
    const [ours, theirs] = [await open(), await open()];
    const log = { name: uniqueName("log") };
    const reader = theirs.read(log);
    for (const payload of ["first", "second"]) {
      const [entries] = await Promise.all([reader.next(10, 15_000), ours.append(log, "key", payload)]);
      expect(entries).toEqual([{ id: expect.any(String), payload }]);
      await reader.remove(entries.map((entry) => entry.id));
    }
    expect(await reader.next(10, 20)).toEqual([]);
  });

  test("keeps logs apart", async () => {
    const bus = await open();
    const [one, two] = [{ name: uniqueName("log") }, { name: uniqueName("log") }];
    await Promise.all([appendAll(bus, one, ["1", "2"]), appendAll(bus, two, ["3"])]);
    expect(await contentOf(bus, one.name)).toEqual(["1", "2"]);
    expect(await contentOf(bus, two.name)).toEqual(["3"]);
  });

  test("refuses an append to a full log with BACKLOG_FULL, and does not publish it", async () => {
    const bus = await open({ logEntriesMax: 2 });
    const log = { name: uniqueName("log"), topic: uniqueName("topic") };
    const other = { name: uniqueName("log"), topic: log.topic };
    const ear = await listenTo(bus, log.topic);
    const calls = ["1", "2", "3"].map((payload) => bus.append(log, "key", payload));
    const outcomes = await Promise.allSettled([
      ...calls,
      bus.append(other, "key", "other"),
      bus.publish(log.topic, "key", "live"),
    ]);
    const refusal = { status: "rejected", reason: expect.objectContaining({ name: "BusFault", code: "BACKLOG_FULL" }) };
    const done = { status: "fulfilled", value: undefined };
    expect(outcomes).toEqual([done, done, refusal, done, done]);
    expect(await ear.until("live")).toEqual(["1", "2", "other", "live"]);

    const reader = bus.read(log);
    const [oldest] = await reader.next(1, 0);
    await reader.remove([oldest!.id]);
    await bus.append(log, "key", "4");
    expect(await contentOf(bus, log.name)).toEqual(["2", "4"]);
  });

  test("refuses appends to a log of too many octets with BACKLOG_FULL, and does not publish them", async () => {
    const bus = await open({ logBytesMax: 50_000 });
    const log = { name: uniqueName("log"), topic: uniqueName("topic") };
    const ear = await listenTo(bus, log.topic);
    const payload = "x".repeat(10_000);
    const append = () => bus.append(log, "key", payload).catch((error) => error);
    await expect.poll(append, { timeout: 10_000 }).toMatchObject({ name: "BusFault", code: "BACKLOG_FULL" });
    expect(bus.logBytes(log)).toBeGreaterThanOrEqual(50_000);
    await bus.publish(log.topic, "key", "end");
    const heard = await ear.until("end");
    const reader = bus.read(log);
    const entries = await reader.next(1_000, 0);
    expect(entries).toHaveLength(heard.length - 1);
    await reader.remove(entries.map((entry) => entry.id));
    await expect.poll(append, { timeout: 10_000 }).toBeUndefined();
  });

  test("counts nothing as lost that readers have removed, of whichever process", async () => {
    const [bus, other] = [await open(), await open()];
    const log = { name: uniqueName("log") };
    const readers = [bus.read(log), other.read(log)];
    await appendAll(bus, log, ["1", "2", "3", "4"]);
    const [first, second, third] = await readers[0]!.next(10, 0);
    const removing = [readers[0]!.remove([first!.id, first!.id]), readers[1]!.remove([second!.id, first!.id])];
    expect(await Promise.all(readers.map((reader) => reader.lost()))).toEqual([0, 0]);
    await Promise.all(removing);
    const later = bus.read(log);
    await readers[0]!.remove([third!.id]);
    expect(await Promise.all([...readers, later].map((reader) => reader.lost()))).toEqual([0, 0, 0]);
  });

  test("ends the wait of a reader that is closed, and of all readers with the bus", async () => {
    const bus = await open();
    const unreachable = { name: "BusFault", code: "UNREACHABLE" };
    const readers = [bus.read({ name: uniqueName("log") }), bus.read({ name: uniqueName("log") })];
    const [first, second] = readers.map((reader) => expect(reader.next(1, 15_000)).rejects.toMatchObject(unreachable));
    await readers[0]!.close();
    await first;
    await bus.close();
    await second;
    await expect(readers[1]!.next(1, 0)).rejects.toMatchObject(unreachable);
  });
}
