// How long access tokens may be good for that somebody holds: ACCESS_TOKEN_SECONDS may have been longer before, or be so in
// another instance.
import { max, sql } from "drizzle-orm";
import { now, secondsAgo } from "./clock.ts";
import type { Database } from "./database.ts";
import { tokenLifetime } from "./schema.ts";

/** By how much a note of what is in use may be late. */
const lateSeconds = 1_200;

/** The longest of them in seconds, within another statement. */
export const longestLifetime = sql`(SELECT max(${tokenLifetime.seconds}) FROM ${tokenLifetime})`;

/** To be called before the first token is signed, and again and again. */
export async function noteLifetime(db: Database, seconds: number): Promise<void> {
  await db
    .insert(tokenLifetime)
    .values({ seconds })
    .onConflictDoUpdate({ target: tokenLifetime.seconds, set: { usedAt: now } });
}

/** @throws Error when none was noted */
export async function readLongestLifetime(db: Database): Promise<number> {
  const [row] = await db.select({ seconds: max(tokenLifetime.seconds) }).from(tokenLifetime);
  if (row?.seconds == null) throw new Error("it is not known how long access tokens are good for");
  return row.seconds;
}

/** Removes those of which no token is good any more. */
export async function forgetLifetimes(db: Database): Promise<void> {
  const isOver = sql`${tokenLifetime.usedAt} < ${secondsAgo(lateSeconds)} - ${tokenLifetime.seconds} * interval '1 second'`;
  await db.delete(tokenLifetime).where(isOver);
}
