import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { Refusal } from "@parley/contracts";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { expect, onTestFinished, test } from "vitest";
import { createPool, databaseFault } from "../src/index.ts";
import { heard, openPool, silentLog } from "./fixture.ts";

/** What a query's fault is told as. */
function faultOf(query: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(query).then(
    () => expect.unreachable("the query succeeded"),
    (error: unknown) => databaseFault(error),
  );
}

test("a server that is away is UNAVAILABLE", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const pool = createPool(`postgres://127.0.0.1:${port}/none`, { log: silentLog, name: "test" });
  onTestFinished(() => pool.end());
  expect(await faultOf(pool.query("SELECT 1"))).toMatchObject({ code: "UNAVAILABLE" });
  expect(await faultOf(drizzle(pool).execute(sql`SELECT 1`))).toMatchObject({ code: "UNAVAILABLE" });
});

test("a server that ends the session is UNAVAILABLE, in a statement and between two", async () => {
  const { pool, shut } = await openPool();
  const client = await pool.connect();
  const sleeping = faultOf(pool.query("SELECT pg_sleep(60)"));
  await pool.query("SELECT 1");
  const lost = heard(client, "end");
  await shut();
  await lost;
  expect(await sleeping).toMatchObject({ code: "UNAVAILABLE" });
  expect(await faultOf(client.query("SELECT 1"))).toMatchObject({ code: "UNAVAILABLE" });
  client.release();
});

test("a database that takes no connections is UNAVAILABLE", async () => {
  const { pool, shut } = await openPool();
  await shut();
  expect(await faultOf(pool.query("SELECT 1"))).toMatchObject({ code: "UNAVAILABLE" });
});

test("a statement that takes too long is UNAVAILABLE", async () => {
  const { pool } = await openPool();
  const slow = drizzle(pool).transaction(async (tx) => {
    await tx.execute(sql`SET LOCAL statement_timeout = 20`);
    await tx.execute(sql`SELECT pg_sleep(60)`);
  });
  expect(await faultOf(slow)).toMatchObject({ code: "UNAVAILABLE" });
});

test("a fault of ours stays one, without the statement and its parameters", async () => {
  const { pool } = await openPool();
  const fault = await faultOf(drizzle(pool).execute(sql`SELECT ${"secret"} FROM no_such_table`));
  expect(fault).not.toBeInstanceOf(Refusal);
  expect(fault).toMatchObject({ code: "42P01" });
  expect(inspect(fault, { depth: 9 })).not.toContain("secret");
});

test("what is no fault of a database comes back as it is", () => {
  for (const other of [new Refusal("CONFLICT", "taken"), new TypeError("x"), "text", undefined])
    expect(databaseFault(other)).toBe(other);
});
