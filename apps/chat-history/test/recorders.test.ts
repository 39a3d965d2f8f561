// Who writes which partition when processes fail in part. Locks are those of a small world here; the real ones are in
// partitions.test.ts.
import { createLog } from "@parley/service";
import { afterEach, expect, test } from "vitest";
import { createRecorders, type Recorders } from "../src/recorders.ts";
import type { Members } from "../src/store/members.ts";

const log = createLog("test", "silent");
let opened: Recorders[] = [];
afterEach(async () => {
  await Promise.all(opened.map((recorders) => recorders.close()));
  opened = [];
});

function createWorld(partitions: number) {
  const members: object[] = [];
  const taken = new Map<number, string>();
  /** How often each partition was taken. */
  const takes = new Map<number, number>();
  const failing: (() => void)[] = [];
  let failed = "";
  let looks = 0;

  function open(name: string, canReach: (partition: number) => boolean): Recorders {
    const self = {};
    const view: Members = {
      async look(isMember) {
        looks++;
        if (isMember && !members.includes(self)) members.push(self);
        if (!isMember && members.includes(self)) members.splice(members.indexOf(self), 1);
        const rank = members.indexOf(self);
        return { size: members.length, rank: rank < 0 ? undefined : rank, taken: new Set(taken.keys()) };
      },
      async close() {
        if (members.includes(self)) members.splice(members.indexOf(self), 1);
      },
    };
    const recorders = createRecorders({
      partitions,
      openMembers: async () => view,
      canReach,
      log,
      async record(partition, { signal, working }) {
        if (taken.has(partition)) return;
        taken.set(partition, name);
        takes.set(partition, (takes.get(partition) ?? 0) + 1);
        try {
          if (!canReach(partition)) throw new Error("no bus");
          working();
          await new Promise((resolve, reject) => {
            signal.addEventListener("abort", resolve);
            failing.push(() => name === failed && reject(new Error("the bus has gone")));
          });
        } finally {
          taken.delete(partition);
        }
      },
    });
    opened.push(recorders);
    return recorders;
  }

  function failAll(name: string) {
    failed = name;
    for (const fail of failing) fail();
  }

  return { open, taken, takes, failAll, looks: () => looks };
}

const soon = { timeout: 10_000 };
/** Of one process: twice a second, until a partition is anybody's, and one more. */
const looksOfAnOrphan = 5;

test("a process that cannot reach the bus leaves all partitions to the others, and they stay there", async () => {
  const world = createWorld(4);
  let isCut = false;
  const cut = world.open("cut", () => !isCut);
  const other = world.open("other", () => true);
  await expect.poll(() => [cut.active, other.active], soon).toEqual([2, 2]);
  isCut = true;
  world.failAll("cut");
  await expect.poll(() => other.active, soon).toBe(4);
  const before = new Map(world.takes);
  const looks = world.looks();
  await expect.poll(world.looks, soon).toBeGreaterThan(looks + 2 * looksOfAnOrphan);
  expect([cut.active, other.active, world.takes]).toEqual([0, 4, before]);
});

test("a partition that only one process can reach is written by that one", async () => {
  const world = createWorld(4);
  world.open("blind", (partition) => partition !== 1 && partition !== 2);
  const other = world.open("other", () => true);
  await expect
    .poll(() => [world.taken.get(1), world.taken.get(2), world.taken.size], soon)
    .toEqual(["other", "other", 4]);
  expect(other.active).toBeGreaterThanOrEqual(2);
});
