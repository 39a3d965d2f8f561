// A lock on accounts until the transaction ends: for what is counted over all rooms of one, and for its deletion.
import type { PoolClient } from "pg";

/** In one order, so that nobody waits for who waits for them. */
const lock = `
  SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('rooms of ' || id, 0) AS key FROM unnest($1::text[]) AS account (id) ORDER BY key
  ) AS accounts`;

/** Before any room is locked. */
export async function lockAccounts(client: PoolClient, accountIds: string[]): Promise<void> {
  await client.query(lock, [accountIds]);
}
