import fc from "fast-check";
import { expect, test } from "vitest";
import { planShare } from "../src/share.ts";

interface Process {
  /** Partitions it writes, the one it has had longest first. */
  ours: number[];
  /** Those it cannot write, whatever it tries. */
  unfit: Set<number>;
}

/** Everybody looks once, one after the other, as they do twice a second; `orphans` are free for that long. */
function look(processes: Process[], partitions: number, areOrphans: boolean) {
  for (const [rank, process] of processes.entries()) {
    const taken = new Set(processes.flatMap(({ ours }) => ours));
    const free = Array.from({ length: partitions }, (_, partition) => partition).filter(
      (partition) => !taken.has(partition) && !process.unfit.has(partition),
    );
    const { give, take } = planShare({
      partitions,
      members: processes.length,
      rank,
      ours: process.ours,
      free,
      orphans: new Set(areOrphans ? free : []),
    });
    process.ours = [...process.ours.filter((partition) => !give.includes(partition)), ...take];
  }
}

const sizes = (processes: Process[]) => processes.map(({ ours }) => ours.length);

test("every partition has one writer and parts differ by one at most, whoever comes and goes", () => {
  const changes = fc.array(fc.record({ joins: fc.boolean(), who: fc.nat(20) }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), changes, (partitions, happens) => {
      const processes: Process[] = [{ ours: [], unfit: new Set() }];
      for (const { joins, who } of [{ joins: true, who: 0 }, ...happens]) {
        if (joins) processes.push({ ours: [], unfit: new Set() });
        else if (processes.length > 1) processes.splice(who % processes.length, 1);
        for (let n = 0; n < 3; n++) look(processes, partitions, false);
        const held = processes.flatMap(({ ours }) => ours).toSorted((a, b) => a - b);
        expect(held).toEqual(Array.from({ length: partitions }, (_, partition) => partition));
        expect(Math.max(...sizes(processes)) - Math.min(...sizes(processes))).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("a newcomer takes its part and no more is moved", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 8 }), (partitions, count) => {
      const processes: Process[] = Array.from({ length: count }, () => ({ ours: [], unfit: new Set<number>() }));
      for (let n = 0; n < 3; n++) look(processes, partitions, false);
      const before = processes.map(({ ours }) => new Set(ours));
      processes.push({ ours: [], unfit: new Set() });
      for (let n = 0; n < 3; n++) look(processes, partitions, false);
      const moved = before.flatMap((had, n) => [...had].filter((partition) => !processes[n]!.ours.includes(partition)));
      expect(moved.length).toBe(processes.at(-1)!.ours.length);
    }),
  );
});

test("what its owner cannot write is written by another, and stays there", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 16 }), fc.nat(), (partitions, which) => {
      const processes: Process[] = [
        { ours: [], unfit: new Set([which % partitions]) },
        { ours: [], unfit: new Set() },
      ];
      for (let n = 0; n < 6; n++) look(processes, partitions, true);
      const settled = sizes(processes);
      expect(processes[1]!.ours).toContain(which % partitions);
      expect(new Set(processes.flatMap(({ ours }) => ours)).size).toBe(partitions);
      look(processes, partitions, true);
      expect(sizes(processes)).toEqual(settled);
    }),
  );
});
