// Writing the audit log: who did what to whom. It does not know why.
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
