// Rights in rooms, with a model of chat-history whose answers and events arrive in any order, or not at all.
import { endingChanges, Refusal, type AccessChange, type ChatAccessPubSub } from "@parley/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { accessTo, createModel, historyOf } from "./access-model.ts";

const accountIds = ["ada", "bob"];
const kinds = ["joined", "removed", "muted"] as const;
const step = fc.oneof(
  fc.record({
    kind: fc.constant("change" as const),
    accountId: fc.constantFrom(...accountIds),
    change: fc.constantFrom(...kinds),
    isLost: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("enter" as const), accountId: fc.constantFrom(...accountIds) }),
  fc.record({ kind: fc.constant("check" as const) }),
);

/** Two accounts that go in and out, while answers and events are on their way for as long as the scheduler likes. */
function createPlay(scheduler: fc.Scheduler) {
  const model = createModel();
  const { history } = historyOf(model, (answer) => scheduler.schedule(Promise.resolve(answer)));
  const { access } = accessTo(history);
  const inside = new Map<string, () => void>();
  const past = new Map<string, ChatAccessPubSub[]>(accountIds.map((accountId) => [accountId, []]));
  const heardOf = new Map<string, number>();
  const faults: unknown[] = [];
  const running = new Set<Promise<unknown>>();

  async function run(work: Promise<unknown>) {
    running.add(work);
    await work.catch((error: unknown) => error instanceof Refusal || faults.push(error));
    running.delete(work);
  }

  async function enter(accountId: string) {
    const asked = { roomId: "hall", accountId };
    await access.require("read", asked);
    // It was let in by a state that is no older than what was heard of.
    const since = past.get(accountId)!.filter(({ version }) => version >= (heardOf.get(accountId) ?? 0));
    expect(since.some(({ change }) => !endingChanges.has(change))).toBe(true);
    inside.get(accountId)?.();
    inside.set(
      accountId,
      access.watch(asked, () => inside.delete(accountId)),
    );
  }

  function hear(event: ChatAccessPubSub & { accountId: string }) {
    access.hear(event);
    heardOf.set(event.accountId, Math.max(heardOf.get(event.accountId) ?? 0, event.version));
    const isLatest = past.get(event.accountId)!.at(-1) === event;
    if (isLatest && endingChanges.has(event.change)) expect(inside.has(event.accountId)).toBe(false);
  }

  return {
    model,
    inside,
    faults,
    enter: (accountId: string) => void run(enter(accountId)),
    check: () => void run(access.check()),
    change(accountId: string, change: AccessChange, isLost: boolean) {
      const event = { ...model.change("hall", accountId, change), accountId };
      past.get(accountId)!.push(event);
      if (!isLost) void run(scheduler.schedule(Promise.resolve(event)).then(hear));
    },
    /** Until nothing is on its way. */
    async settle() {
      while (running.size > 0) {
        if (scheduler.count() > 0) await scheduler.waitOne();
        await new Promise(setImmediate);
      }
    },
  };
}

test("whatever is late or lost: who was removed is out once that is heard of, and after a check all is as it should be", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 10, maxLength: 25 }), async (scheduler, steps) => {
      const play = createPlay(scheduler);
      for (const accountId of accountIds) play.change(accountId, "joined", true);
      for (const one of steps) {
        if (one.kind === "check") play.check();
        else if (one.kind === "enter") play.enter(one.accountId);
        else play.change(one.accountId, one.change, one.isLost);
        await new Promise(setImmediate);
        if (scheduler.count() > 0) await scheduler.waitOne();
      }
      await play.settle();
      play.check();
      await play.settle();
      expect(play.faults).toEqual([]);
      for (const accountId of play.inside.keys())
        expect(play.model.rightsOf("hall", accountId).read, `${accountId} is inside`).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
