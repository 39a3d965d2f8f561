// Logins and the refresh tokens that follow from each: a token is good once, and the next one takes its place.
import type { Account } from "@parley/contracts";
import { and, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { account, login, refreshToken } from "./schema.ts";

/** Times are PostgreSQL's, so that the clocks of several processes do not matter. */
const inSeconds = (seconds: number) => sql`clock_timestamp() + ${seconds} * interval '1 second'`;
const ago = (ms: number) => sql`clock_timestamp() - ${ms} * interval '1 millisecond'`;
const now = sql`clock_timestamp()`;

/** Opens a login and tells its id (`sid`). What of the account's logins has expired is removed. */
export async function openLogin(
  db: Database,
  opened: { accountId: string; tokenHash: Buffer; lifetimeSeconds: number },
): Promise<string> {
  const { accountId, tokenHash, lifetimeSeconds } = opened;
  return db.transaction(async (tx) => {
    await tx.delete(login).where(and(eq(login.accountId, accountId), lt(login.expiresAt, now)));
    const rows = await tx
      .insert(login)
      .values({ accountId, expiresAt: inSeconds(lifetimeSeconds) })
      .returning({ sid: login.id });
    const { sid } = rows[0]!;
    await tx.insert(refreshToken).values({ hash: tokenHash, loginId: sid });
    return sid;
  });
}

export interface Rotation {
  tokenHash: Buffer;
  nextHash: Buffer;
  lifetimeSeconds: number;
}

export type Rotated =
  | { outcome: "rotated"; sid: string; account: Account }
  | { outcome: "reused"; sid: string }
  | { outcome: "refused" };

/**
 * Uses a token up and puts the next in its place. Of calls with the same token exactly one rotates it. What another
 * call means is read from the row as that call finds it:
 * - not yet used, then used by somebody faster: the two overlapped and could not know of each other; it is refused;
 * - used already, `reused`: two parties hold the token, and one of them should not. The whole login ends
 *   (RFC 9700 §4.14.2).
 */
export function rotate(db: Database, { tokenHash, nextHash, lifetimeSeconds }: Rotation): Promise<Rotated> {
  return db.transaction(async (tx): Promise<Rotated> => {
    const [found] = await tx
      .select({ sid: login.id, usedAt: refreshToken.usedAt })
      .from(refreshToken)
      .innerJoin(login, isOpenLogin)
      .where(eq(refreshToken.hash, tokenHash));
    if (!found) return { outcome: "refused" };
    const { sid } = found;
    if (found.usedAt) {
      await endLogin(tx, sid);
      return { outcome: "reused", sid };
    }
    const used = await tx
      .update(refreshToken)
      .set({ usedAt: now })
      .where(and(eq(refreshToken.hash, tokenHash), isNull(refreshToken.usedAt)))
      .returning({ sid: refreshToken.loginId });
    if (used.length === 0) return { outcome: "refused" };
    const owner = await prolong(tx, sid, lifetimeSeconds);
    if (!owner) return { outcome: "refused" };
    await tx.insert(refreshToken).values({ hash: nextHash, loginId: sid });
    return { outcome: "rotated", sid, account: owner };
  });
}

/** With the token of a login joined to it. */
const isOpenLogin = and(eq(login.id, refreshToken.loginId), isNull(login.endedAt), gt(login.expiresAt, now));

/** Undefined when a logout came first. */
async function prolong(tx: Database, sid: string, lifetimeSeconds: number): Promise<Account | undefined> {
  const [owner] = await tx
    .update(login)
    .set({ expiresAt: inSeconds(lifetimeSeconds) })
    .from(account)
    .where(and(eq(login.id, sid), isNull(login.endedAt), eq(account.id, login.accountId)))
    .returning({ id: account.id, email: account.email, nickname: account.nickname });
  // A token used a lifetime ago would have expired by now: nobody needs to be told that it was used.
  const forgotten = lt(refreshToken.usedAt, ago(lifetimeSeconds * 1000));
  await tx.delete(refreshToken).where(and(eq(refreshToken.loginId, sid), forgotten));
  return owner;
}

/** Ends a login; ending it again changes nothing. */
export async function endLogin(db: Database, sid: string): Promise<void> {
  await db
    .update(login)
    .set({ endedAt: now })
    .where(and(eq(login.id, sid), isNull(login.endedAt)));
}

/** Ends the login that a refresh token belongs to, used or not. Unknown tokens are none of its business. */
export async function endLoginOfToken(db: Database, tokenHash: Buffer): Promise<void> {
  const ofToken = db.select({ id: refreshToken.loginId }).from(refreshToken).where(eq(refreshToken.hash, tokenHash));
  await db
    .update(login)
    .set({ endedAt: now })
    .where(and(isNull(login.endedAt), inArray(login.id, ofToken)));
}
