import { expect, test } from "vitest";
import { describeBus } from "../src/conformance.ts";
import { createMemoryBus } from "../src/index.ts";

describeBus("memory", async (limits) => {
  const bus = createMemoryBus(limits);
  return { open: async () => bus, close: () => bus.close() };
});

test("holds as many octets of UTF-8 as it may, and none more", async () => {
  const bus = createMemoryBus({ logBytesMax: 7 });
  const log = { name: "log" };
  await bus.append(log, "key", "한글");
  await expect(bus.append(log, "key", "ab")).rejects.toMatchObject({ code: "BACKLOG_FULL" });
  await bus.append(log, "key", "a");
  expect(bus.logBytes(log)).toBe(7);
  const reader = bus.read(log);
  const [first] = await reader.next(1, 0);
  await reader.remove([first!.id, first!.id]);
  expect(bus.logBytes(log)).toBe(1);
});
