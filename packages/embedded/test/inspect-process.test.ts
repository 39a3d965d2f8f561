import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { inspectProcess } from "../src/inspect-process.ts";
import { makeFolder } from "./scratch.ts";

test("a process is known by its parent and its command line, whatever it is called", async () => {
  const program = join(await makeFolder(), "a) Z 1 (b");
  await copyFile("/bin/sleep", program);
  const child = spawn(program, ["60"]);
  onTestFinished(() => void child.kill());
  await once(child, "spawn");
  expect(await inspectProcess(child.pid!)).toEqual({ parentPid: process.pid, commandLine: `${program} 60` });
});

test("one that has ended is unknown, also while its parent has not noticed", async () => {
  // The shell's child ends; what the shell becomes never asks for it
  const parent = spawn("/bin/sh", ["-c", "true & echo $!; exec sleep 60"]);
  onTestFinished(() => void parent.kill());
  const [line] = (await once(createInterface({ input: parent.stdout }), "line")) as [string];
  await expect.poll(() => inspectProcess(Number(line)), { timeout: 10_000 }).toBeUndefined();
});
