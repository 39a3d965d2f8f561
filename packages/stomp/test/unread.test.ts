import fc from "fast-check";
import { expect, test } from "vitest";
import { Unread } from "../src/unread.ts";

test("holds what was pushed and not read, and never changes what was read", () => {
  const steps = fc.array(fc.record({ push: fc.uint8Array({ maxLength: 300 }), read: fc.nat(300) }));
  fc.assert(
    fc.property(steps, (taken) => {
      const unread = new Unread();
      const pushed: Buffer[] = [];
      const read: Buffer[] = [];
      for (const step of taken) {
        pushed.push(Buffer.from(step.push));
        unread.push(Buffer.from(step.push));
        const count = Math.min(step.read, unread.length);
        read.push(unread.buffer.subarray(unread.position, unread.position + count));
        unread.position += count;
      }
      const rest = unread.buffer.subarray(unread.position, unread.end);
      expect(Buffer.concat([...read, rest])).toEqual(Buffer.concat(pushed));
    }),
  );
});

test("C-033 costs linear time in the number of chunks", () => {
  const unread = new Unread();
  const buffers = new Set<Buffer>();
  for (let count = 0; count < 100_000; count++) {
    unread.push(Buffer.of(1));
    buffers.add(unread.buffer);
  }
  expect(unread.length).toBe(100_000);
  expect(buffers.size).toBeLessThan(20);
});
