import { describe, expect, test } from "vitest";
import { createLifecycle, createLog } from "@parley/service";

const log = createLog("test", "silent");

describe("lifecycle", () => {
  test("closes in reverse, one after the other, once", async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle(log, 1000);
    lifecycle.opened("first", () => closed.push("first"));
    lifecycle.opened("second", async () => {
      await new Promise(setImmediate);
      closed.push("second");
    });
    await Promise.all([lifecycle.close(), lifecycle.close()]);
    expect(closed).toEqual(["second", "first"]);
  });

  test("closes the rest although one fails", async () => {
    const closed: string[] = [];
    const lifecycle = createLifecycle(log, 1000);
    lifecycle.opened("first", () => closed.push("first"));
    lifecycle.opened("second", () => Promise.reject(new Error("stuck")));
    await lifecycle.close();
    expect(closed).toEqual(["first"]);
  });

  test("gives up at its deadline", async () => {
    const lifecycle = createLifecycle(log, 20);
    lifecycle.opened("never", () => new Promise(() => {}));
    await lifecycle.close();
    expect(lifecycle.closing).toBe(true);
  });
});
