import { setImmediate } from "node:timers/promises";
import { asyncProperty, check, nat, array, record, boolean } from "fast-check";
import { expect, test } from "vitest";
import { createTurns } from "../src/turns.ts";

test("refuses with OVERLOADED beyond what may run and wait", async () => {
  const turns = createTurns({ atOnceMax: 1, waitingMax: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const first = turns.run(() => promise);
  const second = turns.run(async () => "second");
  await expect(turns.run(async () => "third")).rejects.toMatchObject({ code: "OVERLOADED" });
  resolve("first");
  expect(await Promise.all([first, second])).toEqual(["first", "second"]);
  expect(await turns.run(async () => "fourth")).toBe("fourth");
});

test("never more at once than allowed, in the order of the calls, whatever fails", async () => {
  const works = array(record({ steps: nat(3), fails: boolean() }), { maxLength: 30 });
  const held = asyncProperty(works, nat(3), async (list, more) => {
    const atOnceMax = more + 1;
    const turns = createTurns({ atOnceMax, waitingMax: list.length });
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const outcomes = await Promise.allSettled(
      list.map(({ steps, fails }, index) =>
        turns.run(async () => {
          started.push(index);
          most = Math.max(most, ++running);
          for (let step = 0; step < steps; step++) await setImmediate();
          running--;
          if (fails) throw new Error("failed");
        }),
      ),
    );
    return (
      most <= atOnceMax &&
      started.every((index, at) => index === at) &&
      outcomes.every(({ status }, index) => status === (list[index]!.fails ? "rejected" : "fulfilled"))
    );
  });
  expect((await check(held)).failed).toBe(false);
});
