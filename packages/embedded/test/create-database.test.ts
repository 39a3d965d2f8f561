import { expect, inject, onTestFinished, test } from "vitest";
import { createDatabase } from "../src/index.ts";
import { query } from "./scratch.ts";

test("each is its own", async () => {
  const [one, other] = await Promise.all([useDatabase(), useDatabase()]);
  await query(one.url, "CREATE TABLE mine ()");
  await expect(query(other.url, "SELECT FROM mine")).rejects.toThrow("does not exist");
});

test("it begins as its template is", async () => {
  const template = await useDatabase();
  await query(template.url, "CREATE TABLE kept AS SELECT 1 AS n");
  const copy = await useDatabase(template.name);
  expect(await query(copy.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
});

test("dropped, it is gone, whoever is connected", async () => {
  const database = await createDatabase(inject("databaseUrl"));
  const connected = query(database.url, "SELECT pg_sleep(60)").catch((error: Error) => error.message);
  await expect.poll(() => countSleepers(database.name), { timeout: 10_000 }).toEqual([{ count: 1 }]);
  await database.drop();
  expect(await connected).toMatch(/terminat/);
  await expect(query(database.url, "SELECT 1")).rejects.toThrow("does not exist");
  await database.drop();
});

async function useDatabase(template?: string) {
  const database = await createDatabase(inject("databaseUrl"), template);
  onTestFinished(database.drop);
  return database;
}

function countSleepers(name: string) {
  const where = `datname = '${name}' AND wait_event = 'PgSleep'`;
  return query(inject("databaseUrl"), `SELECT count(*)::int AS count FROM pg_stat_activity WHERE ${where}`);
}
