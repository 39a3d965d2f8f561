// Which accounts do not want to hear from which.
import type { PoolClient } from "pg";

export async function hasBlocked(client: PoolClient, accountId: string, other: string): Promise<boolean> {
  const { rows } = await client.query("SELECT FROM chat.block WHERE account_id = $1 AND blocked_id = $2", [
    accountId,
    other,
  ]);
  return rows.length > 0;
}

/** @param most to count */
export async function countBlocks(client: PoolClient, accountId: string, most: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM (SELECT FROM chat.block WHERE account_id = $1 LIMIT $2) AS theirs",
    [accountId, most],
  );
  return rows[0]!.count;
}

export async function insertBlock(client: PoolClient, accountId: string, other: string): Promise<void> {
  await client.query("INSERT INTO chat.block (account_id, blocked_id) VALUES ($1, $2)", [accountId, other]);
}

/** Answers whether there was one. */
export async function deleteBlock(client: PoolClient, accountId: string, other: string): Promise<boolean> {
  const { rowCount } = await client.query("DELETE FROM chat.block WHERE account_id = $1 AND blocked_id = $2", [
    accountId,
    other,
  ]);
  return rowCount === 1;
}

export async function deleteBlocksOf(client: PoolClient, accountId: string): Promise<void> {
  await client.query("DELETE FROM chat.block WHERE account_id = $1", [accountId]);
}
