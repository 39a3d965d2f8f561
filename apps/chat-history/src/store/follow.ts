// How far the outboxes of another service were read, by one process at a time. It does not know what is in them.
import type { PoolClient } from "pg";

/** Until the transaction ends. Answers whether nobody else reads it now. */
export async function tryFollow(client: PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('follow ' || $1, 0)) AS held",
    [name],
  );
  return rows[0]!.held;
}

export async function readFollowed(client: PoolClient, name: string): Promise<number> {
  const { rows } = await client.query<{ position: string }>("SELECT position FROM chat.follow WHERE name = $1", [name]);
  return Number(rows[0]?.position ?? 0);
}

export async function saveFollowed(client: PoolClient, name: string, position: number): Promise<void> {
  await client.query(
    `INSERT INTO chat.follow (name, position) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE follow.position <> excluded.position`,
    [name, position],
  );
}
