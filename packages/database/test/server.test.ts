import { Client } from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { checkServer } from "../src/index.ts";
import { openDatabase } from "./fixture.ts";

async function connect(url: string = inject("databaseUrl")): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A connection on which a setting that no session can change reads as this value: a function of ours comes first. */
async function connectWith(setting: string, value: string): Promise<Client> {
  const { url } = await openDatabase();
  const client = await connect(url);
  await client.query(`
    CREATE SCHEMA other;
    CREATE FUNCTION other.current_setting(name text) RETURNS text LANGUAGE sql
      RETURN CASE name WHEN '${setting}' THEN '${value}' ELSE pg_catalog.current_setting(name) END;
    SET search_path = other, pg_catalog`);
  return client;
}

test("accepts the server of these tests", async () => {
  await expect(checkServer(await connect())).resolves.toBeUndefined();
});

test.each(["off", "local", "remote_write"])("refuses synchronous_commit = %s in one sentence", async (value) => {
  const client = await connect();
  await client.query(`SET synchronous_commit = ${value}`);
  await expect(checkServer(client)).rejects.toThrow(/synchronous_commit = \w+ .* set it to on\.$/);
});

test("accepts synchronous_commit = remote_apply, which promises more", async () => {
  const client = await connect();
  await client.query("SET synchronous_commit = remote_apply");
  await expect(checkServer(client)).resolves.toBeUndefined();
});

test("refuses fsync = off in one sentence", async () => {
  const client = await connectWith("fsync", "off");
  await expect(checkServer(client)).rejects.toThrow(/fsync off .* set fsync = on\.$/);
});

test("refuses a server that is too old in one sentence", async () => {
  const client = await connectWith("server_version_num", "170006");
  await expect(checkServer(client)).rejects.toThrow("This PostgreSQL is version 17; Parley needs 18 or later.");
});
