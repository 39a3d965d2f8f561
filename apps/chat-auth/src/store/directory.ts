// Everybody's accounts as screens show them: by id, or by how their names begin.
import { deletedAccountName, type PublicAccount } from "@parley/contracts";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { account, foldedNickname } from "./schema.ts";

const folded = foldedNickname(account);

export interface Found extends PublicAccount {
  /** The nickname as accounts are put in order by it. */
  folded: string;
}

export interface Search {
  /** How the nickname begins, in any case. `%`, `_` and `\` are letters. */
  prefix: string;
  /** The last account of the page before. */
  after: Pick<Found, "folded" | "id"> | undefined;
  limit: number;
}

/** By nickname, then id; the names of no more than `limit`. */
export async function findAccounts(db: Database, { prefix, after, limit }: Search): Promise<Found[]> {
  const pattern = `${prefix.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const isBehind = after && sql`(${folded}, ${account.id}) > (${after.folded}, ${after.id}::uuid)`;
  return db
    .select({ id: account.id, nickname: account.nickname, folded })
    .from(account)
    .where(and(isNull(account.deletedAt), sql`${folded} LIKE lower(${pattern})`, isBehind))
    .orderBy(asc(folded), asc(account.id))
    .limit(limit);
}

/** Who was deleted has the name of all who were. */
export async function findPublicAccount(db: Database, accountId: string): Promise<PublicAccount | undefined> {
  const [found] = await db
    .select({ id: account.id, nickname: account.nickname, deletedAt: account.deletedAt })
    .from(account)
    .where(eq(account.id, accountId));
  return found && { id: found.id, nickname: found.deletedAt ? deletedAccountName : found.nickname };
}
