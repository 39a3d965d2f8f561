// What one test leaves on the machine, removed when it has finished.
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { startPostgres, type EmbeddedPostgres, type PostgresOptions } from "../src/index.ts";

export async function makeFolder(mode = 0o755): Promise<string> {
  const outer = await mkdtemp(join(tmpdir(), "embedded-test-"));
  onTestFinished(() => rm(outer, { recursive: true, force: true }));
  await chmod(outer, 0o755);
  const folder = join(outer, "folder");
  await mkdir(folder);
  await chmod(folder, mode);
  return folder;
}

export async function usePostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const postgres = await startPostgres(options);
  onTestFinished(postgres.stop);
  return postgres;
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
