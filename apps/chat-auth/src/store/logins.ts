// Logins and the refresh tokens that follow from each: a token is good once, and the next one takes its place.
import type { Account } from "@parley/contracts";
import { and, eq, gt, isNull, lt, type SQL } from "drizzle-orm";
import { inSeconds, now, secondsAgo } from "./clock.ts";
import type { Database } from "./database.ts";
import { endLogins, type Ended } from "./revocations.ts";
import { account, login, refreshToken } from "./schema.ts";

/** Opens a login and tells its id (`sid`). In a transaction that keeps the account from being deleted or disabled. */
export async function openLogin(
  tx: Database,
  opened: { accountId: string; tokenHash: Buffer; lifetimeSeconds: number },
): Promise<string> {
  const { accountId, tokenHash, lifetimeSeconds } = opened;
  const rows = await tx
    .insert(login)
    .values({ accountId, expiresAt: inSeconds(lifetimeSeconds) })
    .returning({ sid: login.id });
  const { sid } = rows[0]!;
  await tx.insert(refreshToken).values({ hash: tokenHash, loginId: sid });
  return sid;
}

export interface Rotation {
  tokenHash: Buffer;
  nextHash: Buffer;
  lifetimeSeconds: number;
}

export type Rotated =
  | { outcome: "rotated"; sid: string; account: Account }
  | { outcome: "reused"; sid: string; ended: Ended }
  | { outcome: "refused" };

/**
 * Uses a token up and puts the next in its place, in a transaction. Of calls with the same token exactly one rotates it.
 * What another call means is read from the row as that call finds it:
 * - not yet used, then used by somebody faster: the two overlapped and could not know of each other; it is refused;
 * - used already, `reused`: two parties hold the token, and one of them should not. The whole login ends
 *   (RFC 9700 §4.14.2).
 */
export async function rotate(tx: Database, { tokenHash, nextHash, lifetimeSeconds }: Rotation): Promise<Rotated> {
  const [found] = await tx
    .select({ sid: login.id, accountId: login.accountId, usedAt: refreshToken.usedAt })
    .from(refreshToken)
    .innerJoin(login, isOpenLogin)
    .where(eq(refreshToken.hash, tokenHash));
  if (!found) return { outcome: "refused" };
  const { sid, accountId } = found;
  if (found.usedAt) return { outcome: "reused", sid, ended: await endLogins(tx, accountId, eq(login.id, sid)) };
  const used = await useUp(tx, eq(refreshToken.hash, tokenHash));
  if (used === 0) return { outcome: "refused" };
  const owner = await prolong(tx, sid, nextHash, lifetimeSeconds);
  return owner ? { outcome: "rotated", sid, account: owner } : { outcome: "refused" };
}

/** With the token of a login joined to it. */
const isOpenLogin = and(eq(login.id, refreshToken.loginId), isNull(login.endedAt), gt(login.expiresAt, now));

/** Gives a login another refresh token than those it had, in a transaction. False when it has ended. */
export async function renewLogin(
  tx: Database,
  { sid, nextHash, lifetimeSeconds }: Omit<Rotation, "tokenHash"> & { sid: string },
): Promise<boolean> {
  await useUp(tx, eq(refreshToken.loginId, sid));
  return (await prolong(tx, sid, nextHash, lifetimeSeconds)) !== undefined;
}

/** Tells how many tokens that were not used are now. */
async function useUp(tx: Database, which: SQL): Promise<number> {
  const used = await tx
    .update(refreshToken)
    .set({ usedAt: now })
    .where(and(which, isNull(refreshToken.usedAt)))
    .returning({ sid: refreshToken.loginId });
  return used.length;
}

/** Undefined when a logout came first. */
async function prolong(
  tx: Database,
  sid: string,
  nextHash: Buffer,
  lifetimeSeconds: number,
): Promise<Account | undefined> {
  const [owner] = await tx
    .update(login)
    .set({ expiresAt: inSeconds(lifetimeSeconds) })
    .from(account)
    .where(and(eq(login.id, sid), isNull(login.endedAt), eq(account.id, login.accountId)))
    .returning({ id: account.id, email: account.email, nickname: account.nickname });
  if (!owner) return undefined;
  await tx.insert(refreshToken).values({ hash: nextHash, loginId: sid });
  // A token used a lifetime ago would have expired by now: nobody needs to be told that it was used.
  const forgotten = lt(refreshToken.usedAt, secondsAgo(lifetimeSeconds));
  await tx.delete(refreshToken).where(and(eq(refreshToken.loginId, sid), forgotten));
  return owner;
}

/** Whose login a refresh token belongs to, used or not, ended or not. */
export async function findLoginOfToken(
  db: Database,
  tokenHash: Buffer,
): Promise<{ sid: string; accountId: string } | undefined> {
  const rows = await db
    .select({ sid: login.id, accountId: login.accountId })
    .from(refreshToken)
    .innerJoin(login, eq(login.id, refreshToken.loginId))
    .where(eq(refreshToken.hash, tokenHash));
  return rows[0];
}
