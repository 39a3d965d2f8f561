// What is to be told of who did what, until chat-history has it (contracts §3).
import { outboxPageMax, type AuditEvent, type AuditOutboxPage } from "@parley/contracts";
import { and, asc, gt, lte } from "drizzle-orm";
import { readPosition, takeNumbers } from "./counters.ts";
import type { Database } from "./database.ts";
import { audit } from "./schema.ts";

export interface AuditEntry extends Partial<Pick<AuditEvent, "actor" | "target" | "address" | "detail">> {
  action:
    | "account.created"
    | "account.renamed"
    | "account.linked"
    | "account.deleted"
    | "account.disabled"
    | "account.enabled"
    | "login.accepted"
    | "login.refused"
    | "login.ended"
    | "login.reused"
    | "password.changed"
    | "key.rotated";
}

/** The last thing that its transaction does: the numbers are locked until it commits. */
export async function record(tx: Database, ...entries: AuditEntry[]): Promise<void> {
  const last = await takeNumbers(tx, "audit", entries.length);
  const first = last - entries.length + 1;
  await tx.insert(audit).values(entries.map((entry, n) => ({ ...entry, seq: first + n })));
}

export async function readAudit(db: Database, after: number): Promise<AuditOutboxPage> {
  const position = await readPosition(db, "audit");
  if (position <= after) return { events: [], position };
  const rows = await db
    .select()
    .from(audit)
    .where(and(gt(audit.seq, after), lte(audit.seq, position)))
    .orderBy(asc(audit.seq))
    .limit(outboxPageMax);
  return { events: rows.map((row) => ({ ...row, at: row.at.toISOString(), roomId: null })), position };
}
