// Rights in rooms as chat-history gives them, with a model of it whose answers and events arrive in any order, or not at all.
import {
  accessChangesMax,
  endingChanges,
  Refusal,
  type AccessAnswer,
  type AccessChange,
  type ChatAccessPubSub,
} from "@parley/contracts";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createAccess } from "../src/access.ts";
import type { AccessHistory } from "../src/history.ts";

/** Rooms and who is in them, as chat-history keeps it: a counter for each room, and the latest change of each account. */
function createModel() {
  const rooms = new Map<string, { version: number; changes: Map<string, ChatAccessPubSub> }>();

  function roomOf(roomId: string) {
    const room = rooms.get(roomId) ?? { version: 0, changes: new Map<string, ChatAccessPubSub>() };
    rooms.set(roomId, room);
    return room;
  }

  function rightsOf(roomId: string, accountId: string): AccessAnswer {
    const { version, changes } = roomOf(roomId);
    const change = changes.get(accountId)?.change;
    const read = change !== undefined && !endingChanges.has(change);
    const muted = change === "muted" ? { mutedMs: 1_000 } : {};
    return { read, write: read && change !== "muted", role: read ? "member" : null, version, ...muted };
  }

  return {
    rightsOf,
    change(roomId: string, accountId: string, change: AccessChange): ChatAccessPubSub {
      const room = roomOf(roomId);
      const event = { roomId, accountId, version: ++room.version, change };
      room.changes.set(accountId, event);
      return event;
    },
    changesSince(roomId: string, after: number): ChatAccessPubSub[] {
      return [...roomOf(roomId).changes.values()]
        .filter(({ version }) => version > after)
        .toSorted((one, other) => one.version - other.version);
    },
    versionOf: (roomId: string) => roomOf(roomId).version,
  };
}

type Model = ReturnType<typeof createModel>;

/** Answers at once, unless `late` says when. It counts how often it was asked. */
function historyOf(model: Model, late: <T>(answer: T) => Promise<T> = async (answer) => answer) {
  const calls = { access: 0, changes: 0 };
  const history: AccessHistory = {
    access(asked) {
      calls.access++;
      return late(asked.map(({ roomId, accountId }) => model.rightsOf(roomId, accountId)));
    },
    accessChanges(rooms) {
      calls.changes++;
      // No more than fit into an answer: by room, then by version.
      const changes = rooms
        .flatMap(({ roomId, after }) => model.changesSince(roomId, after))
        .slice(0, accessChangesMax);
      const isFull = changes.length === accessChangesMax;
      const reached = ({ roomId, after }: { roomId: string; after: number }) =>
        isFull ? (changes.findLast((change) => change.roomId === roomId)?.version ?? after) : model.versionOf(roomId);
      return late({ changes, rooms: rooms.map((room) => ({ roomId: room.roomId, version: reached(room) })) });
    },
  };
  return { history, calls };
}

function accessTo(history: AccessHistory) {
  const clock = { nowMs: 0 };
  const counted = { known: 0, asked: 0 };
  const metrics = {
    accessChecked: { inc: (label?: unknown) => void counted[(label as { source: "known" }).source]++ },
  };
  return { access: createAccess({ history, metrics, now: () => clock.nowMs }), clock, counted };
}

const accountIds = ["ada", "bob"];
const ada = { roomId: "hall", accountId: "ada" };

function open() {
  const model = createModel();
  const { history, calls } = historyOf(model);
  return { model, calls, ...accessTo(history) };
}

describe("what is known", () => {
  test("costs no question: of many checks of many accounts only the first of each asks", async () => {
    const { model, access, calls, counted } = open();
    model.change("hall", "ada", "joined");
    model.change("hall", "bob", "joined");
    for (let n = 0; n < 1_000; n++) {
      await access.require("write", ada);
      await access.require("read", { ...ada, accountId: "bob" });
    }
    expect(calls.access).toBe(2);
    expect(counted).toEqual({ known: 1_998, asked: 2 });
  });

  test("is judged at once, without a promise", async () => {
    const { model, access } = open();
    model.change("hall", "ada", "joined");
    await access.require("read", ada);
    expect(access.require("write", ada)).toBeUndefined();
  });

  test("is asked for by all that want to know in one turn together", async () => {
    const { model, access, calls } = open();
    for (const accountId of ["ada", "bob", "eve"]) model.change("hall", accountId, "joined");
    await Promise.all(
      ["ada", "bob", "eve", "ada"].map(async (accountId) => access.require("read", { ...ada, accountId })),
    );
    expect(calls.access).toBe(1);
  });

  test("is kept of so many places that nobody watches, and no more", async () => {
    const { access } = open();
    const rooms = Array.from({ length: 12_000 }, (_, n) => ({ roomId: `r${n}`, accountId: "ada" }));
    await Promise.allSettled(rooms.map(async (room) => access.require("read", room)));
    expect(access.size).toBe(10_000);
  });
});

describe("a lost event", () => {
  test("is found by the next check, also behind more changes than fit into an answer", async () => {
    const { model, access, calls } = open();
    const rooms = ["hall", "yard"].map((roomId) => ({ roomId, accountId: "ada" }));
    const ended: string[] = [];
    for (const room of rooms) {
      model.change(room.roomId, "ada", "joined");
      await access.require("read", room);
      access.watch(room, () => ended.push(room.roomId));
    }
    for (const { roomId } of rooms) {
      for (let n = 0; n < accessChangesMax; n++) model.change(roomId, `other ${n}`, "joined");
      model.change(roomId, "ada", "removed");
    }
    await access.check();
    expect(ended).toEqual(["hall", "yard"]);
    expect(calls.changes).toBe(3);
  });

  test("is found by the next check, also if an answer from before it comes after one from behind it", async () => {
    const model = createModel();
    const waiting: (() => void)[] = [];
    const { history } = historyOf(model, async (answer) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    });
    const { access } = accessTo(history);
    const asked = (count: number) => vi.waitUntil(() => waiting.length === count);
    for (const accountId of accountIds) model.change("hall", accountId, "joined");
    const first = Promise.resolve(access.require("read", ada));
    await asked(1);
    model.change("hall", "ada", "removed"); // And nobody hears of it.
    const second = Promise.resolve(access.require("read", { ...ada, accountId: "bob" }));
    await asked(2);
    waiting[1]!();
    await second;
    waiting[0]!();
    await first;
    let ended = 0;
    access.watch(ada, () => ended++);
    const check = access.check();
    await asked(3);
    waiting[2]!();
    await check;
    expect(ended).toBe(1);
  });
});

describe("a mute", () => {
  test("refuses to write until it ends, by a clock that does not step, and says how long", async () => {
    const { model, access, clock } = open();
    model.change("hall", "ada", "muted");
    await access.require("read", ada);
    expect(() => access.require("write", ada)).toThrow(
      expect.objectContaining({ code: "FORBIDDEN", context: { roomId: "hall", retryAfterMs: 1_000 } }),
    );
    clock.nowMs += 1_000;
    expect(() => access.require("write", ada)).not.toThrow();
  });
});

describe("events", () => {
  test("that are older than what is known change nothing (B-92)", async () => {
    const { model, access, calls } = open();
    const removed = model.change("hall", "ada", "removed");
    model.change("hall", "ada", "joined");
    await access.require("read", ada);
    let ended = 0;
    access.watch(ada, () => ended++);
    access.hear(removed);
    await access.require("read", ada);
    expect({ ended, asked: calls.access }).toEqual({ ended: 0, asked: 1 });
  });

  test("of one account leave the others alone", async () => {
    const { model, access, calls } = open();
    model.change("hall", "ada", "joined");
    model.change("hall", "bob", "joined");
    await access.require("read", ada);
    access.hear(model.change("hall", "bob", "removed"));
    await access.require("read", ada);
    expect(calls.access).toBe(1);
  });

  test("of a whole room concern all in it", async () => {
    const { model, access } = open();
    model.change("hall", "ada", "joined");
    await access.require("read", ada);
    let ended = 0;
    access.watch(ada, () => ended++);
    access.hear({ roomId: "hall", version: 2, change: "deleted" });
    expect(ended).toBe(1);
  });
});

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
