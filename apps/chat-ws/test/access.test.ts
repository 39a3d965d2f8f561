// Rights in rooms as chat-history gives them, by a model of it.
import { accessChangesMax } from "@parley/contracts";
import { describe, expect, test, vi } from "vitest";
import { accessTo, createModel, historyOf } from "./access-model.ts";

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

describe("a refusal", () => {
  test("is believed for a second: who joins is let in although nobody hears of it", async () => {
    const { model, access, calls, clock } = open();
    const ask = async () => access.require("read", ada);
    await expect(ask()).rejects.toThrow(expect.objectContaining({ code: "FORBIDDEN" }));
    model.change("hall", "ada", "joined"); // And nobody hears of it.
    clock.nowMs += 999;
    await expect(ask()).rejects.toThrow(expect.objectContaining({ code: "FORBIDDEN" }));
    expect(calls.access).toBe(1);
    clock.nowMs += 1;
    await ask();
    expect(calls.access).toBe(2);
  });
});

describe("a database that was restored", () => {
  test("gives versions again: after a check what it says of them counts", async () => {
    const { model, access } = open();
    const ended: string[] = [];
    const enter = async (accountId: string) => {
      const asked = { roomId: "hall", accountId };
      model.change("hall", accountId, "joined");
      await access.require("read", asked);
      access.watch(asked, () => ended.push(accountId));
    };
    await enter("ada");
    for (let n = 0; n < 10; n++) model.change("hall", "bob", "muted");
    await enter("bob");
    await access.check();
    model.restore("hall", 1); // Bob never joined.
    await access.check();
    await vi.waitUntil(() => ended.length > 0);
    access.hear(model.change("hall", "ada", "removed"));
    expect(ended).toEqual(["bob", "ada"]);
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
