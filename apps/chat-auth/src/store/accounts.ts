// Accounts: one for each case-folded address, and guests, who have none.
import type { Account } from "@parley/contracts";
import { and, eq, isNull, type SQL } from "drizzle-orm";
import { now } from "./clock.ts";
import type { Database } from "./database.ts";
import { account, identity, login, loginAddress } from "./schema.ts";

const shown = { id: account.id, email: account.email, nickname: account.nickname };
const signIn = { passwordHash: account.passwordHash, disabledAt: account.disabledAt };

/** What signing in is judged by. */
export interface SignIn {
  /** Null: this account has no password. */
  passwordHash: string | null;
  disabledAt: Date | null;
}

/** What an address is compared and kept as. Only ASCII gets this far, so lower case is its folding. */
export function foldEmail(email: string): string {
  return email.toLowerCase();
}

export interface NewAccount {
  nickname: string;
  email?: string;
  /** Whether it is known to be its owner's. */
  isEmailVerified?: boolean;
  passwordHash?: string;
  /** By default who has no address. */
  isGuest?: boolean;
}

/** Undefined when the address is taken. Others hear of it by `noteChange`. */
export async function createAccount(
  tx: Database,
  { nickname, email, isEmailVerified = false, passwordHash, isGuest = email === undefined }: NewAccount,
): Promise<Account | undefined> {
  const made = email === undefined ? {} : { email: foldEmail(email) };
  const emailVerifiedAt = isEmailVerified ? now : undefined;
  const rows = await tx
    .insert(account)
    .values({ ...made, nickname, passwordHash, isGuest, emailVerifiedAt })
    .onConflictDoNothing({ target: account.email })
    .returning(shown);
  return rows[0];
}

export async function findAccountByEmail(db: Database, email: string): Promise<(Account & SignIn) | undefined> {
  const rows = await db
    .select({ ...shown, ...signIn })
    .from(account)
    .where(eq(account.email, foldEmail(email)));
  return rows[0];
}

/** The account of a login that has not been ended. */
export async function findAccountOfLogin(db: Database, sid: string): Promise<(Account & SignIn) | undefined> {
  const rows = await db
    .select({ ...shown, ...signIn })
    .from(login)
    .innerJoin(account, eq(account.id, login.accountId))
    .where(and(eq(login.id, sid), isNull(login.endedAt)));
  return rows[0];
}

/**
 * Keeps an account as it is until the transaction ends, `share` with others who only look. Undefined when there is none, or
 * it was deleted.
 */
export async function lockAccount(
  tx: Database,
  accountId: string,
  strength: "share" | "no key update",
): Promise<(Account & SignIn) | undefined> {
  const rows = await tx
    .select({ ...shown, ...signIn })
    .from(account)
    .where(isAlive(accountId))
    .for(strength);
  return rows[0];
}

export async function setPassword(tx: Database, accountId: string, passwordHash: string): Promise<void> {
  await tx.update(account).set({ passwordHash }).where(isAlive(accountId));
}

/** Others hear of it by `noteChange`. Undefined when there is no such account. */
export async function setNickname(tx: Database, accountId: string, nickname: string): Promise<Account | undefined> {
  const rows = await tx.update(account).set({ nickname }).where(isAlive(accountId)).returning(shown);
  return rows[0];
}

export async function setDisabled(tx: Database, accountId: string, isDisabled: boolean): Promise<void> {
  await tx
    .update(account)
    .set({ disabledAt: isDisabled ? now : null })
    .where(isAlive(accountId));
}

/**
 * What is left says that there was somebody, not who: their messages keep their place. Others hear of it by `noteChange`.
 */
export async function eraseAccount(tx: Database, accountId: string): Promise<void> {
  await tx
    .update(account)
    .set({ deletedAt: now, email: null, nickname: "", passwordHash: null, emailVerifiedAt: null })
    .where(isAlive(accountId));
  await tx.delete(identity).where(eq(identity.accountId, accountId));
  await tx.delete(loginAddress).where(eq(loginAddress.accountId, accountId));
}

function isAlive(accountId: string): SQL | undefined {
  return and(eq(account.id, accountId), isNull(account.deletedAt));
}
