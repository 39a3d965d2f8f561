// The PostgreSQL that holds both variants, a database for each. It must not know what is in them.
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startPostgres, type EmbeddedPostgres } from "@parley/embedded";
import { Client, escapeIdentifier, escapeLiteral } from "pg";

/** For filling: one long write that nobody waits on, and indexes made in memory. */
const fillSettings = {
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
  maintenance_work_mem: "1GB",
  work_mem: "256MB",
  autovacuum: "off",
};

export interface Cluster {
  /** With settings for that. */
  startFilling(): Promise<EmbeddedPostgres>;
  /** With PostgreSQL's own settings but these. @param log given all that it logs */
  startMeasuring(settings: Record<string, string>, log: (line: string) => void): Promise<EmbeddedPostgres>;
  /** Removes the folder if it was a scratch one. */
  remove(): Promise<void>;
}

/** @param dataDir a scratch folder if undefined */
export async function openCluster(dataDir: string | undefined): Promise<Cluster> {
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), "parley-big-table-")) : resolve(dataDir);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755); // for root's PostgreSQL, which runs as nobody
  const dataFolder = join(folder, "postgres");
  return {
    startFilling: () => startPostgres({ dataDir: dataFolder, settings: fillSettings }),
    startMeasuring: (settings, log) => startPostgres({ dataDir: dataFolder, settings, log }),
    async remove() {
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

export function databaseUrl(server: EmbeddedPostgres, name: string): string {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** Of sessions that begin from now on, in place of earlier ones. In the URL they would displace the service's own. */
export async function setSettings(
  server: EmbeddedPostgres,
  name: string,
  settings: Record<string, string>,
): Promise<void> {
  const database = escapeIdentifier(name);
  await withClient(server.url, async (client) => {
    await client.query(`ALTER DATABASE ${database} RESET ALL`);
    for (const [setting, value] of Object.entries(settings))
      await client.query(`ALTER DATABASE ${database} SET ${setting} = ${escapeLiteral(value)}`);
  });
}

/** Resolves when the work is done and the connection closed. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {}); // The statement under way rejects.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function hasDatabase(server: EmbeddedPostgres, name: string): Promise<boolean> {
  const { rowCount } = await withClient(server.url, (client) =>
    client.query("SELECT FROM pg_database WHERE datname = $1", [name]),
  );
  return rowCount === 1;
}

export async function recreateDatabase(server: EmbeddedPostgres, name: string): Promise<void> {
  await withClient(server.url, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${escapeIdentifier(name)}`);
  });
}
