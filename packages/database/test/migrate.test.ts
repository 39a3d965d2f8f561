import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { migrate } from "../src/index.ts";
import { openDatabase } from "./fixture.ts";

/** Migrations on disk in drizzle-kit's form, one for each statement. */
async function writeMigrations(...statements: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const entries = statements.map((_, idx) => ({
    idx,
    version: "7",
    when: idx + 1,
    tag: `000${idx}`,
    breakpoints: true,
  }));
  await mkdir(join(folder, "meta"));
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", dialect: "postgresql", entries }));
  await Promise.all(statements.map((statement, idx) => writeFile(join(folder, `000${idx}.sql`), statement)));
  return folder;
}

async function query(url: string, text: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return (await client.query<unknown[]>({ text, rowMode: "array" })).rows;
}

test("processes that start together apply each migration once", async () => {
  const { url } = await openDatabase();
  const folder = await writeMigrations("CREATE TABLE one.t (n int)", "INSERT INTO one.t VALUES (1)");
  await Promise.all(Array.from({ length: 8 }, () => migrate(url, { folder, schema: "one", lockKey: 1 })));
  expect(await query(url, "SELECT n FROM one.t")).toEqual([[1]]);
});

test("only what is new is applied", async () => {
  const { url } = await openDatabase();
  const first = "CREATE TABLE one.t AS SELECT 1 AS n";
  await migrate(url, { folder: await writeMigrations(first), schema: "one", lockKey: 1 });
  await migrate(url, {
    folder: await writeMigrations(first, "INSERT INTO one.t VALUES (2)"),
    schema: "one",
    lockKey: 1,
  });
  expect(await query(url, "SELECT n FROM one.t ORDER BY n")).toEqual([[1], [2]]);
});

test("two schemas of one database do not know of each other", async () => {
  const { url } = await openDatabase();
  const one = await writeMigrations("CREATE TABLE one.t (n int)");
  const two = await writeMigrations("CREATE TABLE two.t (n int)");
  await Promise.all([
    migrate(url, { folder: one, schema: "one", lockKey: 1 }),
    migrate(url, { folder: two, schema: "two", lockKey: 2 }),
  ]);
  const tables = "SELECT schemaname FROM pg_tables WHERE tablename = 't' ORDER BY 1";
  expect(await query(url, tables)).toEqual([["one"], ["two"]]);
});

test("a migration that fails leaves nothing behind, and holds nobody up", async () => {
  const { url } = await openDatabase();
  const broken = await writeMigrations("CREATE TABLE one.t (n int)", "SELECT no_such_function()");
  await expect(migrate(url, { folder: broken, schema: "one", lockKey: 1 })).rejects.toMatchObject({
    cause: { code: "42883" },
  });
  expect(await query(url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'one' AND tablename = 't'")).toEqual([
    [0],
  ]);
  const mended = await writeMigrations("CREATE TABLE one.t (n int)");
  await migrate(url, { folder: mended, schema: "one", lockKey: 1 });
  expect(await query(url, "SELECT count(*)::int FROM one.t")).toEqual([[0]]);
});
