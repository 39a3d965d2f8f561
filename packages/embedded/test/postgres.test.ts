import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EmbeddedFault, startPostgres, type PostgresOptions } from "../src/index.ts";
import { makeFolder, query, usePostgres } from "./scratch.ts";

test("rows survive stop and start", async () => {
  const dataDir = join(await makeFolder(), "data");
  const first = await usePostgres({ dataDir });
  await query(first.url, "CREATE TABLE kept AS SELECT 'grüß dich' AS text");
  await first.stop();
  const second = await usePostgres({ dataDir });
  expect(await query(second.url, "SELECT text FROM kept")).toEqual([{ text: "grüß dich" }]);
});

test("committed rows survive kill -9", async () => {
  const dataDir = join(await makeFolder(), "data");
  const first = await usePostgres({ dataDir });
  await query(first.url, "CREATE TABLE kept (n int)");
  for (let n = 0; n < 20; n++) await query(first.url, `INSERT INTO kept VALUES (${n})`);
  first.kill("SIGKILL");
  await first.exited;
  const second = await usePostgres({ dataDir });
  expect(await query(second.url, "SELECT count(*)::int AS count FROM kept")).toEqual([{ count: 20 }]);
});

test("commits are on disk when they return, it is UTF-8 and sorts by code point", async () => {
  const { url } = await usePostgres({ dataDir: join(await makeFolder(), "data") });
  const select = `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
    current_setting('server_encoding') AS encoding, datlocprovider AS provider, datlocale AS locale
    FROM pg_database WHERE datname = current_database()`;
  const expected = { fsync: "on", commit: "on", encoding: "UTF8", provider: "b", locale: "C.UTF-8" };
  expect(await query(url, select)).toEqual([expected]);
});

test("only this machine reaches it, and not without the password, whatever the settings say", async () => {
  const dataDir = join(await makeFolder(), "data");
  const settings = { listen_addresses: "*", unix_socket_directories: "/tmp", fsync: "off" };
  const { url, port } = await usePostgres({ dataDir, settings });
  const select = `SELECT current_setting('listen_addresses') AS tcp, current_setting('unix_socket_directories') AS unix,
    current_setting('fsync') AS fsync`;
  expect(await query(url, select)).toEqual([{ tcp: "127.0.0.1", unix: "", fsync: "off" }]);
  await expect(query(`postgres://postgres:guess@127.0.0.1:${port}/postgres`, "SELECT 1")).rejects.toThrow("password");
  const file = `${dataDir}.password`;
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(url).toContain(`:${await readFile(file, "utf8")}@`);
});

test("its log tells neither statements nor what is stored", async () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const postgres = await usePostgres({ dataDir: join(await makeFolder(), "data"), log });
  await query(postgres.url, "CREATE TABLE diary (entry text PRIMARY KEY)");
  const insert = "INSERT INTO diary VALUES ('private')";
  await query(postgres.url, insert);
  await expect(query(postgres.url, insert)).rejects.toThrow("duplicate key");
  await postgres.stop();
  expect(lines.join("\n")).toContain("duplicate key");
  expect(lines.join("\n")).not.toContain("private");
});

test("stop may be called again, and after a kill", async () => {
  const postgres = await usePostgres({ dataDir: join(await makeFolder(), "data") });
  postgres.kill("SIGKILL");
  await postgres.stop();
  await expect(postgres.stop()).resolves.toBeUndefined();
  await expect(postgres.exited).resolves.toBeUndefined();
});

test("the port asked for is used", async () => {
  const dataDir = join(await makeFolder(), "data");
  const first = await usePostgres({ dataDir });
  await first.stop();
  expect((await usePostgres({ dataDir, port: first.port })).port).toBe(first.port);
});

test("a taken port is named", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  expect(await faultOf({ dataDir: join(await makeFolder(), "data"), port })).toContain(`cannot listen on port ${port}`);
});

test("a setting that PostgreSQL refuses is told in its words", async () => {
  const settings = { no_such_setting: "1" };
  expect(await faultOf({ dataDir: join(await makeFolder(), "data"), settings })).toContain("no_such_setting");
});

test("a folder with other things in it is left as it is", async () => {
  const dataDir = await makeFolder();
  await writeFile(join(dataDir, "letter.txt"), "dear");
  expect(await faultOf({ dataDir })).toContain("holds other things");
  expect(await readFile(join(dataDir, "letter.txt"), "utf8")).toBe("dear");
});

test("a folder below a file is refused", async () => {
  const file = join(await makeFolder(), "file");
  await writeFile(file, "");
  expect(await faultOf({ dataDir: join(file, "data") })).toContain("cannot be made");
});

test("data of another version is refused", async () => {
  const dataDir = join(await makeFolder(), "data");
  await mkdir(dataDir);
  await writeFile(join(dataDir, "PG_VERSION"), "15\n");
  expect(await faultOf({ dataDir })).toContain("made by PostgreSQL 15");
});

test("a lost or wrong password file is named", async () => {
  const dataDir = join(await makeFolder(), "data");
  await (await usePostgres({ dataDir })).stop();
  await rm(`${dataDir}.password`);
  expect(await faultOf({ dataDir })).toContain(`${dataDir}.password`);
  await writeFile(`${dataDir}.password`, "guess");
  expect(await faultOf({ dataDir })).toContain(`refuses the password of ${dataDir}.password`);
});

test("what a crash left of an unfinished first start is in nobody's way", async () => {
  const dataDir = join(await makeFolder(), "data");
  await mkdir(`${dataDir}.unfinished`);
  await writeFile(join(`${dataDir}.unfinished`, "PG_VERSION"), "18\n");
  await writeFile(`${dataDir}.password`, "");
  const { url } = await usePostgres({ dataDir });
  expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

/** What a person is told. */
async function faultOf(options: PostgresOptions): Promise<string> {
  const fault: unknown = await startPostgres(options).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(EmbeddedFault);
  expect((fault as Error).message).not.toContain("\n");
  return (fault as Error).message;
}
