// Writing the audit log: who did what to whom. It does not know why.
import type { AuditEvent } from "@parley/contracts";
import type { ClientBase, Pool } from "pg";

/** What there is to say; `at` and `id` are PostgreSQL's. */
export interface AuditEntry {
  /** `<noun>.<verb>`. */
  action: string;
  actor: string | null;
  target?: string | undefined;
  roomId?: string | undefined;
  address?: string | undefined;
  detail?: string | undefined;
}

const insert = `
  INSERT INTO chat.audit (action, actor, target, room_id, address, detail) VALUES ($1, $2, $3, $4, $5, $6)`;

/** In the transaction of what it tells of, if that is one. */
export async function writeAudit(
  client: ClientBase | Pool,
  { action, actor, target, roomId, address, detail }: AuditEntry,
): Promise<void> {
  await client.query(insert, [action, actor, target, roomId, address, detail]);
}

const copy = `
  INSERT INTO chat.audit (id, at, action, actor, target, room_id, address, detail)
  SELECT * FROM json_to_recordset($1) AS e (
    id uuid, at timestamptz, action text, actor text, target text, "roomId" text, address text, detail text
  )
  ON CONFLICT (id) DO NOTHING`;

/** What happened elsewhere; once, however often it comes. */
export async function copyAudit(client: ClientBase, events: AuditEvent[]): Promise<void> {
  await client.query(copy, [JSON.stringify(events)]);
}

/** Answers how many: fewer than asked for if no more are so old. */
export async function deleteOldAudit(pool: Pool, days: number, rows: number): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM chat.audit WHERE id IN (
       SELECT id FROM chat.audit WHERE at < statement_timestamp() - make_interval(days => $1) ORDER BY at, id LIMIT $2
     )`,
    [days, rows],
  );
  return rowCount ?? 0;
}

/** What is looked for; all of it must be so. */
export interface AuditFilter {
  /** Who did it, or to whom it was done. */
  account?: string | undefined;
  action?: string | undefined;
  room?: string | undefined;
}

interface AuditRow extends Omit<AuditEvent, "at" | "roomId"> {
  at: Date;
  room_id: string | null;
}

/** $1, $2: what they are before; $3: how many. */
const newestFirst = "(at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3";

/** @param before the last one of the page before */
export async function readAudit(
  pool: Pool,
  { account, action, room }: AuditFilter,
  before: { at: string; id: string } | undefined,
  limit: number,
): Promise<AuditEvent[]> {
  const values: unknown[] = [before?.at ?? "infinity", before?.id ?? "ffffffff-ffff-ffff-ffff-ffffffffffff", limit];
  const is = (column: string, value: string | undefined) =>
    value === undefined ? "" : `${column} = $${values.push(value)} AND`;
  const rest = `${is("action", action)} ${is("room_id", room)} ${newestFirst}`;
  const having = (condition: string) => `(SELECT * FROM chat.audit WHERE ${condition} ${rest})`;
  const own = is("actor", account);
  // Each by an index of its own: of both the newest, then the newest of these.
  const text =
    own === ""
      ? having("")
      : `SELECT * FROM (${having(own)} UNION ${having(own.replace("actor", "target"))}) AS either WHERE ${newestFirst}`;
  const { rows } = await pool.query<AuditRow>(text, values);
  return rows.map(({ at, room_id: roomId, ...event }) => ({ ...event, at: at.toISOString(), roomId }));
}
