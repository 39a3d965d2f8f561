// Accounts: one for each case-folded address.
import type { Account } from "@parley/contracts";
import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "./database.ts";
import { account, login } from "./schema.ts";

const shown = { id: account.id, email: account.email, nickname: account.nickname };

/** What an address is compared and kept as. Only ASCII gets this far, so lower case is its folding. */
function foldEmail(email: string): string {
  return email.toLowerCase();
}

/** Undefined when the address is taken. */
export async function createAccount(
  db: Database,
  made: { email: string; nickname: string; passwordHash: string },
): Promise<Account | undefined> {
  const rows = await db
    .insert(account)
    .values({ ...made, email: foldEmail(made.email) })
    .onConflictDoNothing({ target: account.email })
    .returning(shown);
  return rows[0];
}

export async function findAccountByEmail(
  db: Database,
  email: string,
): Promise<(Account & { passwordHash: string }) | undefined> {
  const rows = await db
    .select({ ...shown, passwordHash: account.passwordHash })
    .from(account)
    .where(eq(account.email, foldEmail(email)));
  return rows[0];
}

/** The account of a login that has not been ended. */
export async function findAccountOfLogin(db: Database, sid: string): Promise<Account | undefined> {
  const rows = await db
    .select(shown)
    .from(login)
    .innerJoin(account, eq(account.id, login.accountId))
    .where(and(eq(login.id, sid), isNull(login.endedAt)));
  return rows[0];
}
