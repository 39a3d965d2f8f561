// How far rooms have come.
import type { PositionsAnswer } from "@parley/contracts";
import type { Pool } from "pg";

/** How far back "changed lately" looks: three times the interval at which gateways ask. */
const lately = "15 seconds";
const columns = "id, last_seq, last_change_seq";

/** Of these rooms (those that nobody has written to are at 0), or of all that changed lately. */
export async function readPositions(pool: Pool, rooms?: string[]): Promise<PositionsAnswer> {
  const { rows } = await (rooms
    ? pool.query(`SELECT ${columns} FROM chat.room WHERE id = ANY ($1)`, [rooms])
    : pool.query(`SELECT ${columns} FROM chat.room WHERE changed_at > now() - interval '${lately}'`));
  const known = rows.map((row) => ({
    roomId: String(row.id),
    position: { seq: Number(row.last_seq), changeSeq: Number(row.last_change_seq) },
  }));
  const seen = new Set(known.map((room) => room.roomId));
  const unwritten = (rooms ?? []).filter((roomId) => !seen.has(roomId));
  return { rooms: [...known, ...unwritten.map((roomId) => ({ roomId, position: { seq: 0, changeSeq: 0 } }))] };
}
