import { expect, onTestFinished, test, vi } from "vitest";
import { runProgram } from "../src/command.ts";

test("both streams and the code come back", async () => {
  const shell = { file: "/bin/sh", args: ["-c", "echo one; echo two >&2; exit 3"] };
  const { code, output } = await runProgram(shell);
  expect(code).toBe(3);
  expect(output.split("\n").toSorted()).toEqual(["one", "two"]);
});

test("a program that is not there has no code but a reason", async () => {
  const { code, output } = await runProgram({ file: "/no/such/program", args: [] });
  expect(code).toBeNull();
  expect(output).toContain("ENOENT");
});

test("our secrets are not handed on, nor what steers PostgreSQL", async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("SERVICE_TOKEN", "secret");
  vi.stubEnv("PGPORT", "1");
  const { output } = await runProgram({ file: "/usr/bin/env", args: [] });
  expect(output).toContain("PATH=");
  expect(output).not.toMatch(/SERVICE_TOKEN|PGPORT/);
});
