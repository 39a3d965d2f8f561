import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { EmbeddedFault, findRedis } from "../src/index.ts";
import { makeFolder } from "./scratch.ts";

test("the first redis-server on PATH is taken", async () => {
  const [first, second] = [await makeFolder(), await makeFolder()];
  await makeProgram(first, "redis-server");
  await makeProgram(second, "redis-server");
  const path = [await makeFolder(), first, second].join(delimiter);
  expect(await findRedis({ path, install: false })).toBe(join(first, "redis-server"));
});

test("valkey-server will do", async () => {
  const folder = await makeFolder();
  await makeProgram(folder, "valkey-server");
  expect(await findRedis({ path: folder, install: false })).toBe(join(folder, "valkey-server"));
});

test("a file that cannot be executed is none", async () => {
  const folder = await makeFolder();
  await makeProgram(folder, "redis-server");
  await chmod(join(folder, "redis-server"), 0o644);
  await expect(findRedis({ path: folder, install: false })).rejects.toThrow(EmbeddedFault);
});

test("without one, a sentence says how to get it", async () => {
  const path = await makeFolder();
  await expect(findRedis({ path })).rejects.toThrow(/install one .* or set REDIS_URL/);
});

async function makeProgram(folder: string, name: string) {
  await writeFile(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
}
