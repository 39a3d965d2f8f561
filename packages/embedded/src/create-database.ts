// A fresh database on a running server, for one test file or one tool. It must not know what will be stored in it.
import { randomUUID } from "node:crypto";
import { Client, escapeIdentifier } from "pg";

export interface Database {
  url: string;
  /** Usable as the template of others once nobody is connected. */
  name: string;
  /** Ends whoever is still connected. */
  drop: () => Promise<void>;
}

/**
 * @param adminUrl a role that may create databases, in another database of the same server
 * @param template name of the database to copy; nobody may be connected to it
 */
export async function createDatabase(adminUrl: string, template = "template1"): Promise<Database> {
  const name = `database_${randomUUID().replaceAll("-", "")}`;
  await execute(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${escapeIdentifier(template)} STRATEGY file_copy`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    drop: () => execute(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
