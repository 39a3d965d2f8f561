// Who accounts are to OpenID providers: an account may be several, each is one account's.
import { and, eq, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { account, identity } from "./schema.ts";
import { now } from "./clock.ts";

export interface ForeignIdentity {
  issuer: string;
  subject: string;
}

/** Of those who look for the same one, all but the first wait until the first has committed. */
export async function findByIdentity(tx: Database, { issuer, subject }: ForeignIdentity): Promise<string | undefined> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${JSON.stringify([issuer, subject])}, 0))`);
  const rows = await tx
    .select({ accountId: identity.accountId })
    .from(identity)
    .where(and(eq(identity.issuer, issuer), eq(identity.subject, subject)));
  return rows[0]?.accountId;
}

export async function linkIdentity(tx: Database, accountId: string, who: ForeignIdentity): Promise<void> {
  await tx.insert(identity).values({ issuer: who.issuer, subject: who.subject, accountId });
}

/** Whether it is known that the account's address is its owner's; false for one without an address. */
export async function isEmailVerified(tx: Database, accountId: string): Promise<boolean> {
  const rows = await tx.select({ verifiedAt: account.emailVerifiedAt }).from(account).where(eq(account.id, accountId));
  return rows[0]?.verifiedAt != null;
}

/** The address is its owner's now; the password, which anybody may have chosen before, is gone. */
export async function claimEmail(tx: Database, accountId: string): Promise<void> {
  await tx.update(account).set({ emailVerifiedAt: now, passwordHash: null }).where(eq(account.id, accountId));
}
