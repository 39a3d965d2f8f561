// What accounts are called, and whether they are still there.
import type { Pool, PoolClient } from "pg";
import { databaseFault } from "@parley/database";

/** @throws Refusal UNAVAILABLE */
export async function readName(pool: Pool, accountId: string): Promise<string | undefined> {
  try {
    const { rows } = await pool.query<{ name: string }>("SELECT name FROM chat.sender WHERE account_id = $1", [
      accountId,
    ]);
    return rows[0]?.name;
  } catch (error) {
    throw databaseFault(error);
  }
}

/** What its token says, for an account of which nothing was known. */
export async function nameAccount(
  client: PoolClient,
  { accountId, name }: { accountId: string; name: string },
): Promise<void> {
  await client.query("INSERT INTO chat.sender (account_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    accountId,
    name,
  ]);
}

export async function isDeletedAccount(client: PoolClient, accountId: string): Promise<boolean> {
  const { rows } = await client.query("SELECT FROM chat.sender WHERE account_id = $1 AND is_deleted", [accountId]);
  return rows.length > 0;
}

export interface GovernedName {
  accountId: string;
  name: string;
  /** Older ones than what is known are left. */
  version: number;
  isDeleted: boolean;
}

/** In one order, as the recorder names senders. */
const govern = `
  INSERT INTO chat.sender (account_id, name, version, is_deleted)
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[]) AS e (account_id, name, version, is_deleted)
  ORDER BY account_id
  ON CONFLICT (account_id) DO UPDATE
  SET (name, version, is_deleted) = (excluded.name, excluded.version, excluded.is_deleted)
  WHERE sender.version < excluded.version`;

/** From now on these are what the accounts are called, whatever messages say. Each account once. */
export async function governNames(client: PoolClient, names: GovernedName[]): Promise<void> {
  await client.query(govern, [
    names.map(({ accountId }) => accountId),
    names.map(({ name }) => name),
    names.map(({ version }) => version),
    names.map(({ isDeleted }) => isDeleted),
  ]);
}
