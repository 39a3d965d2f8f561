// Removes what nobody will ask for any more.
import { sql, type SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { secondsAgo } from "./clock.ts";
import type { Database } from "./database.ts";
import { knownSeconds } from "./login-addresses.ts";
import { audit, login, loginAddress, overAt } from "./schema.ts";
import { removeSpentKeys } from "./signing-keys.ts";
import { forgetLifetimes } from "./token-lifetimes.ts";

/** How long what was done waits to be taken over. */
const auditSeconds = 30 * 86_400;
/** Rows that one statement removes. */
const batchRows = 1_000;

/** @param tokenSeconds how long access tokens may still look good after their login or their key is over */
export async function sweep(db: Database, tokenSeconds: number): Promise<void> {
  await remove(db, login, sql`${overAt(login)} < ${secondsAgo(tokenSeconds)}`);
  await removeSpentKeys(db, tokenSeconds);
  await forgetLifetimes(db);
  await remove(db, loginAddress, sql`${loginAddress.seenAt} < ${secondsAgo(knownSeconds)}`);
  await remove(db, audit, sql`${audit.at} < ${secondsAgo(auditSeconds)}`);
}

async function remove(db: Database, table: PgTable, which: SQL): Promise<void> {
  for (;;) {
    const { rowCount } = await db.execute(
      sql`DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE ${which} LIMIT ${batchRows}))`,
    );
    if ((rowCount ?? 0) < batchRows) return;
  }
}
