import { expect, onTestFinished, test, vi } from "vitest";
import { createPool } from "../src/index.ts";
import { heard, openDatabase, openPool, silentLog } from "./fixture.ts";

test("a lost idle connection is replaced", async () => {
  const { pool, shut, open } = await openPool();
  await pool.query("SELECT 1");
  const lost = heard(pool, "remove");
  await shut();
  await lost;
  await open();
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

test("what is logged of a lost idle connection does not hold the connection", async () => {
  const { url } = await openDatabase();
  const warn = vi.fn<(entry: { err: object }) => void>();
  const pool = createPool(url, { log: { ...silentLog, warn }, name: "test" });
  onTestFinished(() => pool.end());
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const other = createPool(url, { log: silentLog, name: "test" });
  onTestFinished(() => other.end());
  await other.query("SELECT pg_terminate_backend($1)", [rows[0]!.pid]);
  await vi.waitUntil(() => warn.mock.calls.length > 0);
  const { err } = warn.mock.calls[0]![0];
  expect(err).toMatchObject({ code: "57P01" });
  expect(err).not.toHaveProperty("client");
});

test("a connection lost between two statements rejects the next one and nothing else", async () => {
  const { pool, shut, open } = await openPool();
  const client = await pool.connect();
  await client.query("BEGIN");
  const lost = heard(client, "end");
  await shut();
  await lost;
  await expect(client.query("SELECT 1")).rejects.toBeInstanceOf(Error);
  client.release();
  await open();
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

test("sessions are named, and end statements and forgotten transactions by themselves", async () => {
  const { pool } = await openPool();
  const names = ["application_name", "statement_timeout", "idle_in_transaction_session_timeout"];
  const { rows } = await pool.query("SELECT current_setting(name) AS value FROM unnest($1::text[]) AS name", [names]);
  expect(rows.map(({ value }) => value)).toEqual(["test", "5s", "10s"]);
});

test("settings of ours are added to those in the URL, and win", async () => {
  const { url } = await openDatabase();
  const theirs = encodeURIComponent("-c enable_sort=on -c enable_nestloop=off");
  const pool = createPool(`${url}?options=${theirs}`, {
    log: silentLog,
    name: "test",
    settings: { enable_sort: "off" },
  });
  onTestFinished(() => pool.end());
  const names = ["enable_sort", "enable_nestloop", "application_name"];
  const { rows } = await pool.query("SELECT current_setting(name) AS value FROM unnest($1::text[]) AS name", [names]);
  expect(rows.map(({ value }) => value)).toEqual(["off", "off", "test"]);
});
