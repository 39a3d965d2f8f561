import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startPostgres } from "../src/index.ts";
import { inspectProcess } from "../src/inspect-process.ts";
import { makeFolder, query, usePostgres } from "./scratch.ts";

test("a server whose owner was killed is ended, and its rows are there", async () => {
  const dataDir = join(await makeFolder(), "data");
  const { owner, pid, url } = await startOwner(dataDir);
  await query(url, "CREATE TABLE kept AS SELECT 1 AS n");
  owner.kill("SIGKILL");
  await once(owner, "exit");
  expect(await inspectProcess(pid)).toBeDefined();
  const next = await usePostgres({ dataDir });
  expect(await inspectProcess(pid)).toBeUndefined();
  expect(await query(next.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
});

test("a server killed together with its owner gives way", async () => {
  const dataDir = join(await makeFolder(), "data");
  const { owner, pid, url } = await startOwner(dataDir);
  await query(url, "CREATE TABLE kept AS SELECT 1 AS n");
  process.kill(pid, "SIGKILL");
  owner.kill("SIGKILL");
  await once(owner, "exit");
  const next = await usePostgres({ dataDir });
  expect(await query(next.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
});

test("a server whose owner lives is left alone, and the owner is named", async () => {
  const dataDir = join(await makeFolder(), "data");
  const { owner, url } = await startOwner(dataDir);
  await expect(startPostgres({ dataDir })).rejects.toThrow(`${dataDir} is in use by process ${owner.pid}:`);
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("a server ends with an owner that exits without stopping it", async () => {
  const dataDir = join(await makeFolder(), "data");
  const { owner, pid } = await startOwner(dataDir);
  owner.stdin!.end();
  await once(owner, "exit");
  await expectEnd(pid);
});

test("a lock file whose process number went to another program is in nobody's way", async () => {
  const dataDir = join(await makeFolder(), "data");
  const first = await usePostgres({ dataDir });
  const lockFile = join(dataDir, "postmaster.pid");
  const lock = await readFile(lockFile, "utf8");
  await first.stop();
  await writeFile(lockFile, lock.replace(/^\d+/, String(process.pid)));
  const { url } = await usePostgres({ dataDir });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

async function startOwner(dataDir: string): Promise<{ owner: ChildProcess; pid: number; url: string }> {
  const script = fileURLToPath(new URL("fixtures/owner.ts", import.meta.url));
  const owner = spawn(process.execPath, ["--conditions=development", script, dataDir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
  const server = JSON.parse(line) as { pid: number; url: string };
  onTestFinished(async () => {
    owner.stdin.end();
    await expectEnd(server.pid);
  });
  return { owner, ...server };
}

async function expectEnd(pid: number) {
  await expect.poll(() => inspectProcess(pid), { timeout: 10_000 }).toBeUndefined();
}
