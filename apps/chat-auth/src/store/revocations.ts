// Logins that end, and the list by which others learn of it (contracts §4).
import { outboxPageMax, type RevocationsPage } from "@parley/contracts";
import { and, asc, eq, gt, isNull, lte, sql, type SQL } from "drizzle-orm";
import { now } from "./clock.ts";
import { readPosition, takeNumbers } from "./counters.ts";
import type { Database } from "./database.ts";
import { account, login } from "./schema.ts";
import { longestLifetime } from "./token-lifetimes.ts";

/** What clocks may differ by, and tokens be taken late. */
const marginSeconds = 10;

export interface Ended {
  accountId: string;
  /** The account's counter. */
  version: number;
  sids: string[];
}

/**
 * Ends those of an account's logins that have not ended and for which `which` holds, by default all. Within a
 * transaction; what it ended must be announced after the commit.
 */
export async function endLogins(tx: Database, accountId: string, which?: SQL): Promise<Ended> {
  // Whoever opens a login of the account waits for this, or this for him.
  const [owner] = await tx
    .select({ version: account.version })
    .from(account)
    .where(eq(account.id, accountId))
    .for("no key update");
  const open = await tx
    .select({ sid: login.id })
    .from(login)
    .where(and(eq(login.accountId, accountId), isNull(login.endedAt), which))
    .orderBy(asc(login.id))
    .for("no key update");
  const sids = open.map(({ sid }) => sid);
  if (!owner || sids.length === 0) return { accountId, version: owner?.version ?? 0, sids: [] };
  const version = owner.version + 1;
  await tx.update(account).set({ version }).where(eq(account.id, accountId));
  const last = await takeNumbers(tx, "revocation", sids.length);
  await tx.execute(sql`
    UPDATE ${login} SET ended_at = ${now}, ended_seq = ${last - sids.length} + ending.n
    FROM unnest(${sql.param(sids)}::uuid[]) WITH ORDINALITY AS ending (sid, n) WHERE id = ending.sid`);
  return { accountId, version, sids };
}

/** Those of which a token may still look good. */
export async function readRevocations(db: Database, after: number): Promise<RevocationsPage> {
  const position = await readPosition(db, "revocation");
  if (position <= after) return { revocations: [], position };
  const relevantFrom = sql`${now} - (${longestLifetime} + ${marginSeconds}) * interval '1 second'`;
  const rest = sql<number>`ceil(extract(epoch FROM ${login.endedAt} - (${relevantFrom})) * 1000)::float8`;
  const revocations = await db
    .select({
      seq: sql<number>`${login.endedSeq}`.mapWith(Number),
      accountId: login.accountId,
      sid: login.id,
      relevantMs: rest,
    })
    .from(login)
    .where(and(gt(login.endedSeq, after), lte(login.endedSeq, position), gt(login.endedAt, relevantFrom)))
    .orderBy(asc(login.endedSeq))
    .limit(outboxPageMax);
  return { revocations: revocations.map((row) => ({ ...row, relevantMs: Math.max(0, row.relevantMs) })), position };
}
