// The keys that sign access tokens, which all processes share. It does not know what is signed.
import { generateSigningKey, type SigningKey } from "@parley/tokens";
import { desc, gt, lte, ne, sql } from "drizzle-orm";
import { inSeconds, now, secondsAgo } from "./clock.ts";
import type { Database } from "./database.ts";
import { signingKey } from "./schema.ts";

export interface SigningKeys {
  /** All that are published. */
  keys: SigningKey[];
  /** The one of them that signs. */
  signing: SigningKey;
}

/** Until the first key is there. Processes that start together agree: one makes it, the others wait. */
export async function ensureSigningKey(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await lockKeys(tx);
    const kept = await tx.select({ kid: signingKey.kid }).from(signingKey).limit(1);
    if (kept.length === 0) await tx.insert(signingKey).values(await generateSigningKey());
  });
}

/** @throws Error when there is none that signs */
export async function readSigningKeys(db: Database): Promise<SigningKeys> {
  const rows = await db
    .select({
      kid: signingKey.kid,
      privateJwk: signingKey.privateJwk,
      signs: lte(signingKey.signsAt, now).mapWith(Boolean),
    })
    .from(signingKey)
    .orderBy(desc(signingKey.signsAt), signingKey.kid);
  const signing = rows.find(({ signs }) => signs);
  if (!signing) throw new Error("no key signs access tokens");
  return { keys: rows.map(({ kid, privateJwk }) => ({ kid, privateJwk })), signing };
}

/**
 * Adds the next key, which signs once everybody must have seen it, in a transaction. False, and nothing is done, while the
 * one before waits for that.
 */
export async function addSigningKey(tx: Database, key: SigningKey, leadSeconds: number): Promise<boolean> {
  await lockKeys(tx);
  const waiting = await tx.select({ kid: signingKey.kid }).from(signingKey).where(gt(signingKey.signsAt, now)).limit(1);
  if (waiting.length > 0) return false;
  await tx.insert(signingKey).values({ ...key, signsAt: inSeconds(leadSeconds) });
  return true;
}

/** Puts a key in the place of all others at once, whatever they have signed, in a transaction. */
export async function replaceSigningKeys(tx: Database, key: SigningKey): Promise<void> {
  await lockKeys(tx);
  await tx.insert(signingKey).values(key);
  await tx.delete(signingKey).where(ne(signingKey.kid, key.kid));
}

/** Removes the keys whose successor has signed for so long that none of their tokens is good any more. */
export async function removeSpentKeys(db: Database, afterSeconds: number): Promise<void> {
  await db.execute(sql`
    DELETE FROM ${signingKey} WHERE kid IN (
      SELECT kid FROM (SELECT kid, lead(signs_at) OVER (ORDER BY signs_at, kid DESC) AS next FROM ${signingKey}) AS followed
      WHERE next < ${secondsAgo(afterSeconds)})`);
}

/** Readers go on; writers come one by one. */
async function lockKeys(tx: Database): Promise<void> {
  await tx.execute(sql`LOCK TABLE ${signingKey} IN SHARE ROW EXCLUSIVE MODE`);
}
