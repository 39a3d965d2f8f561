import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { channelsOf, partitionOf } from "@parley/contracts";

describe("channels (contracts §2)", () => {
  test("have the plain names with one partition", () => {
    expect(channelsOf(0, 1)).toMatchObject({
      message: "chat-message",
      log: "chat-message:log",
      timestamp: "chat-timestamp",
    });
  });

  test("end in a hash tag with more, so that a partition's names share a slot", () => {
    expect(Object.values(channelsOf(3, 8)).every((name) => name.endsWith(":{3}"))).toBe(true);
  });

  test("spread rooms by FNV-1a of the UTF-8 octets", () => {
    // Published vectors: FNV-1a 32 of "a" is e40c292c, of "foobar" bf9cf968.
    expect(partitionOf("a", 2 ** 31)).toBe(0xe40c292c % 2 ** 31);
    expect(partitionOf("foobar", 2 ** 31)).toBe(0xbf9cf968 % 2 ** 31);
  });

  test("put a room always into the same one of the partitions there are", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (roomId, partitions) => {
        const partition = partitionOf(roomId, partitions);
        expect(partition).toBe(partitionOf(roomId, partitions));
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(partitions);
      }),
    );
  });
});
