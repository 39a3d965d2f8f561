// One transaction on a connection of a pool: it is committed, or nothing has happened. It does not know what it does.
import type { Pool, PoolClient } from "pg";

/** @throws whatever the work throws, or PostgreSQL; the outcome is then no commit, unless the connection broke during it */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: unknown;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    const { command } = await client.query("COMMIT");
    // A failed transaction's COMMIT succeeds, with another tag.
    if (command !== "COMMIT") throw new Error(`the transaction ended in ${command}`);
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch((fault: unknown) => (broken = fault));
    throw error;
  } finally {
    client.release(broken !== undefined);
  }
}

/** How long a transaction waits for what others hold for milliseconds at a time. */
export const lockTimeout = "SET LOCAL lock_timeout = '2s'";
