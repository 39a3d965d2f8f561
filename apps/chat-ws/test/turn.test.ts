import fc from "fast-check";
import { expect, test } from "vitest";
import { createTurn, type Outlet, type Turn } from "../src/turn.ts";

const turnEnds = () => new Promise((resolve) => setImmediate(resolve));

function open(turn: Turn, own: Buffer[], isCongested = () => false): Outlet {
  return turn.open({ write: (octets) => void own.push(octets), isCongested });
}

/** Outlets that remember each write. */
function openOutlets(count: number) {
  const encoded: Buffer[] = [];
  const turn = createTurn((frame) => {
    encoded.push(frame);
    return [Buffer.from(`${frame.length}:`), frame];
  });
  const writes: Buffer[][] = Array.from({ length: count }, () => []);
  return { turn, outlets: writes.map((own) => open(turn, own)), writes, encoded };
}

test("what a turn holds for a connection leaves in one write, in its order", async () => {
  const { outlets, writes } = openOutlets(1);
  for (const text of ["one", "two", "three"]) outlets[0]!.add(Buffer.from(text));
  expect(outlets[0]!.waitingBytes).toBe("3:one3:two5:three".length);
  expect(writes[0]).toEqual([]);
  await turnEnds();
  expect(writes[0]!.map(String)).toEqual(["3:one3:two5:three"]);
  expect(outlets[0]!.waitingBytes).toBe(0);
});

test("connections that hold the same share its octets, and each frame is encoded once", async () => {
  const { outlets, writes, encoded } = openOutlets(3);
  const frames = ["a", "b"].map((text) => Buffer.from(text));
  for (const frame of frames) for (const outlet of outlets) outlet.add(frame);
  await turnEnds();
  expect(writes[0]![0]).toBe(writes[1]![0]);
  expect(writes[1]![0]).toBe(writes[2]![0]);
  expect(encoded).toEqual(frames);
});

test("more than 64 KiB do not wait for the end of the turn", () => {
  const { outlets, writes } = openOutlets(1);
  outlets[0]!.add(Buffer.alloc(40_000));
  outlets[0]!.add(Buffer.alloc(40_000));
  expect(writes[0]).toHaveLength(1);
});

test("every connection is written exactly what was added for it, whatever others share", async () => {
  const frames = ["a", "bb", "ccc", "d".repeat(30_000)].map((text) => Buffer.from(text));
  const script = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const { outlets, writes } = openOutlets(4);
      const expected = ["", "", "", ""];
      for (const [who, what, isTurnOver] of steps) {
        outlets[who]!.add(frames[what]!);
        expected[who] += `${frames[what]!.length}:${frames[what]!.toString()}`;
        if (isTurnOver) await turnEnds();
      }
      await turnEnds();
      expect(writes.map((own) => Buffer.concat(own).toString())).toEqual(expected);
    }),
  );
});
