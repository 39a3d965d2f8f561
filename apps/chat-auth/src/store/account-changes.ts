// What accounts are called, for those who keep their names: of each the latest state, in the order of changes (contracts §4).
import { outboxPageMax, type AccountChangesPage } from "@parley/contracts";
import { and, asc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import { readPosition, takeNumbers } from "./counters.ts";
import type { Database } from "./database.ts";
import { account } from "./schema.ts";

/** Says that an account is new, has another name or is no more. In the transaction that made it so. */
export async function noteChange(tx: Database, accountId: string): Promise<void> {
  const changeSeq = await takeNumbers(tx, "account-change", 1);
  await tx
    .update(account)
    .set({ changeSeq, version: sql`${account.version} + 1` })
    .where(eq(account.id, accountId));
}

/**
 * Says so of accounts made by the version before this one, which runs beside it during an update and does not say so itself.
 * Their ids tell when they were made.
 */
export async function noteMissed(db: Database): Promise<void> {
  const aDayAgo = sql`(SELECT uuidv7(interval '-1 day'))`;
  const missed = await db
    .select({ id: account.id })
    .from(account)
    .where(and(gt(account.id, aDayAgo), isNull(account.changeSeq)));
  for (const { id } of missed) await db.transaction((tx) => noteChange(tx, id));
}

export async function readAccountChanges(db: Database, after: number): Promise<AccountChangesPage> {
  const position = await readPosition(db, "account-change");
  if (position <= after) return { changes: [], position };
  const changes = await db
    .select({
      seq: sql`${account.changeSeq}`.mapWith(Number),
      accountId: account.id,
      name: sql<string | null>`CASE WHEN ${account.deletedAt} IS NULL THEN ${account.nickname} END`,
      version: account.version,
    })
    .from(account)
    .where(and(gt(account.changeSeq, after), lte(account.changeSeq, position)))
    .orderBy(asc(account.changeSeq))
    .limit(outboxPageMax);
  return { changes, position };
}
