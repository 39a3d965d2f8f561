import { expect, test } from "vitest";
import { runStep } from "../run-step.ts";

test("both streams and the code come back", async () => {
  const { code, output } = await runStep(["/bin/sh", "-c", "echo one; echo two >&2; exit 3"]);
  expect(code).toBe(3);
  expect(output.split("\n").toSorted()).toEqual(["one", "two"]);
});

test("a signal leaves no code", async () => {
  expect(await runStep(["/bin/sh", "-c", "kill -9 $$"])).toMatchObject({ code: null });
});

test("it is ended when the run is", async () => {
  const run = new AbortController();
  const step = runStep(["/bin/sh", "-c", "exec sleep 60"], { signal: run.signal });
  run.abort();
  expect(await step).toMatchObject({ code: null });
});

test("a program that is not there has a reason", async () => {
  const { code, output } = await runStep(["/no/such/program"]);
  expect(code).toBeNull();
  expect(output).toContain("ENOENT");
});

test("what it leaves running does not hold the run up", async () => {
  const { output } = await runStep(["/bin/sh", "-c", "echo done; sleep 20 &"]);
  expect(output).toBe("done");
});
