import { createMemoryBus, type BusFault } from "@parley/bus";
import { describe, expect, test } from "vitest";
import { createAppends } from "../src/appends.ts";

/** Appends over a memory bus that can be said to be away. */
function openAppends({ heldMax = 10, heldMs = 200 } = {}) {
  const memory = createMemoryBus();
  const state = { isAway: false, isBlocked: false, lateMs: 0 };
  const away = () => (state.isAway ? "away" : undefined);
  const lane = { log: { name: "log" }, fault: away };
  const otherLane = { log: { name: "other log" }, fault: () => undefined };
  const appends = createAppends({
    bus: memory,
    laneOf: (roomId) => (roomId === "elsewhere" ? otherLane : lane),
    heldMax,
    heldMs,
    now: () => performance.now() + state.lateMs,
  });
  const codeOf = (appended: Promise<void>) =>
    appended.then(
      () => "appended",
      (fault: BusFault) => fault.code,
    );
  return {
    state,
    appends,
    append: (payload: string, owner: object = {}, roomId = "r") =>
      codeOf(appends.append(roomId, payload, { owner, isBlocked: () => state.isBlocked })),
    logged: async () => (await memory.read({ name: "log" }).next(1_000, 0)).map(({ payload }) => payload),
  };
}

describe("messages on their way into the log", () => {
  test("wait while the bus is away, and go in the order in which they came, those that come later behind them", async () => {
    const { state, appends, append, logged } = openAppends();
    state.isAway = true;
    const early = ["1", "2"].map((payload) => append(payload));
    expect(appends.held).toBe(2);
    state.isAway = false;
    const late = append("3");
    expect(await Promise.all([...early, late])).toEqual(["appended", "appended", "appended"]);
    expect(await logged()).toEqual(["1", "2", "3"]);
    expect(await append("4")).toBe("appended");
  });

  test("of one partition wait alone: others go on", async () => {
    const { state, appends, append } = openAppends();
    state.isAway = true;
    const early = append("1");
    expect(await append("2", {}, "elsewhere")).toBe("appended");
    expect(appends.held).toBe(1);
    state.isAway = false;
    expect(await early).toBe("appended");
  });

  test("are refused at once when too many wait, and when they have waited long enough", async () => {
    const { state, append, logged } = openAppends({ heldMax: 2, heldMs: 60 });
    state.isAway = true;
    const waiting = ["1", "2"].map((payload) => append(payload));
    expect(await append("3")).toBe("UNREACHABLE");
    expect(await Promise.all(waiting)).toEqual(["UNREACHABLE", "UNREACHABLE"]);
    state.isAway = false;
    expect(await logged()).toEqual([]);
  });

  test("are refused when an earlier one has fallen in doubt while they waited (G-6)", async () => {
    const { state, append, logged } = openAppends();
    state.isAway = true;
    const waiting = append("2");
    Object.assign(state, { isAway: false, isBlocked: true });
    expect(await waiting).toBe("UNREACHABLE");
    expect(await logged()).toEqual([]);
  });

  test("do not overtake one of the same connection that has waited too long (G-6)", async () => {
    const { state, append, logged } = openAppends({ heldMs: 60_000 });
    const [mine, other] = [{}, {}];
    state.isAway = true;
    const first = append("1", mine);
    state.lateMs = 50_000;
    const [behind, elsewhere] = [append("2", mine), append("3", other)];
    state.lateMs = 70_000;
    expect(await first).toBe("UNREACHABLE");
    state.isAway = false;
    expect(await Promise.all([behind, elsewhere])).toEqual(["UNREACHABLE", "appended"]);
    expect(await logged()).toEqual(["3"]);
  });
});
