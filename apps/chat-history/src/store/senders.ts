// The names that accounts went by in their latest messages.
import type { Pool } from "pg";
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
