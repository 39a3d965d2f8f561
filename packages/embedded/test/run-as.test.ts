import { chmod, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findBinaries } from "../src/binaries.ts";
import { runProgram } from "../src/command.ts";
import { EmbeddedFault } from "../src/index.ts";
import { chooseRunAs } from "../src/run-as.ts";
import { makeFolder, query, usePostgres } from "./scratch.ts";

// What these promise holds for every user; root gets there in two ways of its own.

test("it starts in a folder that everybody may enter", async () => {
  const { url } = await usePostgres({ dataDir: join(await makeFolder(0o755), "data") });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("it starts below a folder that only its owner may enter", async () => {
  const { url } = await usePostgres({ dataDir: join(await makeFolder(0o700), "below", "data") });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

test("rows are there after the folder above was closed, and opened again", async () => {
  const folder = await makeFolder(0o755);
  const dataDir = join(folder, "data");
  const open = await usePostgres({ dataDir });
  await query(open.url, "CREATE TABLE kept AS SELECT 1 AS n");
  await open.stop();
  for (const mode of [0o700, 0o755]) {
    await chmod(folder, mode);
    const again = await usePostgres({ dataDir });
    expect(await query(again.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await again.stop();
  }
});

test("nobody else may look into the data", async () => {
  const dataDir = join(await makeFolder(0o755), "data");
  await usePostgres({ dataDir });
  expect((await stat(dataDir)).mode & 0o077).toBe(0);
});

test("programs never run as root", async () => {
  for (const mode of [0o700, 0o755]) {
    const folder = await makeFolder(mode);
    const as = await chooseRunAs((await findBinaries()).postgres, folder);
    const { output } = await runProgram(as.command("id", ["-u"]));
    expect(Number(output)).toBeGreaterThan(0);
  }
});

test("a program that nobody can run is refused with what to do", async () => {
  const program = join(await makeFolder(), "postgres");
  await writeFile(program, "not a program", { mode: 0o600 });
  const choice = await chooseRunAs(program, dirname(program)).catch((error: unknown) => error);
  // Any other user than root finds out by running it
  expect(choice instanceof EmbeddedFault).toBe(process.getuid?.() === 0);
});
