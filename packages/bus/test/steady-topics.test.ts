import { expect, test } from "vitest";
import { BusFault, createMemoryBus, openSteadyTopics, type Bus } from "../src/index.ts";

test("topics that cannot be heard at first are heard once they can, and it is told that they were not before", async () => {
  const bus = createMemoryBus();
  let isAway = true;
  const half: Bus = {
    ...bus,
    async subscribe(topic, listener) {
      if (topic === "late" && isAway) throw new BusFault("UNREACHABLE", "away");
      return bus.subscribe(topic, listener);
    },
  };
  const heard: string[] = [];
  let stood = 0;
  const topics = await openSteadyTopics(
    half,
    ["early", "late"],
    (payload) => heard.push(payload),
    () => stood++,
  );
  expect([topics.missing, stood]).toEqual([1, 0]);
  await bus.publish("early", "key", "one");
  await expect.poll(() => heard).toEqual(["one"]);
  isAway = false;
  await expect.poll(() => stood, { timeout: 5_000 }).toBe(1);
  expect(topics.missing).toBe(0);
  await bus.publish("late", "key", "two");
  await expect.poll(() => heard).toEqual(["one", "two"]);
  topics.close();
  await bus.close();
});
