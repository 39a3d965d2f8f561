import { expect, onTestFinished, test } from "vitest";
import { endChild, startChild, StartFault, type ChildOptions } from "../src/child.ts";

test("it is started once it says so", async () => {
  const lines: string[] = [];
  await useShell("echo first; echo now ready >&2; exec sleep 60", { log: (line) => void lines.push(line) });
  expect(lines).toContain("now ready");
});

test("one that ends before it is ready is told with its last lines", async () => {
  const fault = await useShell("seq 100; echo the reason >&2; exit 1").catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(StartFault);
  expect((fault as StartFault).lastLines.length).toBeLessThan(10);
  expect((fault as StartFault).lastLines).toContain("the reason");
});

test("one that cannot be started is told with the reason", async () => {
  const command = { file: "/no/such/program", args: [] };
  await expect(startChild(command, options({}))).rejects.toThrow("ENOENT");
});

test("one that is never ready is given up", async () => {
  await expect(useShell("exec sleep 60", { readyMsMax: 50 })).rejects.toThrow("not ready after 50 ms");
});

test("one that ignores a signal gets the next", async () => {
  const child = await useShell("trap '' TERM; echo ready; while :; do sleep 60; done");
  await endChild(child, [
    ["SIGTERM", 50],
    ["SIGKILL", 10_000],
  ]);
  await expect(child.exited).resolves.toBeUndefined();
});

test("ending one that has ended is nothing", async () => {
  const child = await useShell("echo ready; exec sleep 60");
  child.kill("SIGKILL");
  await child.exited;
  await expect(endChild(child, [["SIGTERM", 10_000]])).resolves.toBeUndefined();
});

async function useShell(script: string, some: Partial<ChildOptions> = {}) {
  const child = await startChild({ file: "/bin/sh", args: ["-c", script] }, options(some));
  onTestFinished(() => child.kill("SIGKILL"));
  return child;
}

function options(some: Partial<ChildOptions>): ChildOptions {
  return { ready: /ready/, readyMsMax: 10_000, exitSignal: "SIGKILL", ...some };
}
