import { createMemoryBus } from "@parley/bus";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSendRates, type SendRates } from "../src/send-rates.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval"] }));
afterEach(() => void vi.useRealTimers());

/** So many instances on one bus and one clock. */
async function openInstances(count: number) {
  const bus = createMemoryBus();
  const clock = { nowMs: 0 };
  const limits = { sendsPerSecondMax: 20, sendsBurstMax: 60 };
  const instances = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      createSendRates({ bus, topic: "rates", instanceId: `i${n}`, ...limits, now: () => clock.nowMs }),
    ),
  );
  /** A second passes, and they tell each other. */
  async function second() {
    clock.nowMs += 1_000;
    vi.advanceTimersByTime(1_000);
    for (let n = 0; n < 2; n++) await new Promise(setImmediate);
  }
  return { instances, clock, second };
}

/** Sends as long as it is allowed; how many that were. */
function sendAll(rates: SendRates, accountId: string): number {
  let sent = 0;
  for (; rates.wait(accountId) === 0 && sent < 1_000; sent++) rates.spend(accountId);
  return sent;
}

test("an account sends its burst, then its rate, and is told how long to wait", async () => {
  const { instances, clock } = await openInstances(1);
  expect(sendAll(instances[0]!, "a")).toBe(60);
  expect(instances[0]!.wait("a")).toBe(50);
  clock.nowMs += 1_000;
  expect(sendAll(instances[0]!, "a")).toBe(20);
  expect(sendAll(instances[0]!, "b")).toBe(60);
});

test("on many instances an account gets its rate once (B-57)", async () => {
  const { instances, second } = await openInstances(4);
  const sent = () => instances.reduce((sum, instance) => sum + sendAll(instance, "a"), 0);
  expect(sent()).toBe(4 * 60); // Before they have told each other.
  let later = 0;
  for (let n = 0; n < 60; n++) {
    await second();
    later += sent();
  }
  // What was too much at first was made up for, up to a burst.
  expect(4 * 60 + later).toBeLessThanOrEqual(4 * 60 + 60 * 20);
  expect(later).toBeGreaterThan(60 * 20 * 0.7);
});

test("who sends as people do is never held back by what others are told", async () => {
  const { instances, second } = await openInstances(4);
  for (let n = 0; n < 60; n++) {
    for (const instance of instances) {
      expect(instance.wait("a")).toBe(0);
      instance.spend("a");
    }
    await second();
  }
});
