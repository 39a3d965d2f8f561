// Reading a room: pages of its messages and lists of its changes, each with the position of the same snapshot.
import type { Position, RoomChange, StoredMessage } from "@parley/contracts";
import type { Pool } from "pg";
import { parseMessage, type MessageRow } from "./message-row.ts";

interface Read<T> {
  messages: T[];
  position: Position;
}

/** Where a page starts and which way it goes; `limit` messages at most. */
export interface PageQuery {
  from: "newest" | "before" | "after" | "changedAfter";
  cursor: number;
  limit: number;
}

/** How many places a page back looks at: behind a long run of deleted messages it ends early, and is gone on from there. */
const lookedAtMax = 5_000;

/** Messages in reading order. Newest and `before` leave tombstones out; `after` and `changedAfter` give them. */
const pageSql: Record<PageQuery["from"], string> = {
  newest: `NOT is_deleted AND seq > last_seq - ${lookedAtMax} AND $2::bigint IS NOT NULL ORDER BY seq DESC`,
  before: `NOT is_deleted AND seq < $2 AND seq >= least($2, last_seq + 1) - ${lookedAtMax} ORDER BY seq DESC`,
  after: `seq > $2 ORDER BY seq`,
  changedAfter: `change_seq > $2 ORDER BY change_seq`,
};

/** One statement, hence one snapshot: the position is never older or newer than the messages. */
function readSql(page: string): string {
  return `
    SELECT room.last_seq, room.last_change_seq, m.*, coalesce(sender.name, '') AS sender_name
    FROM chat.room
    LEFT JOIN LATERAL (SELECT * FROM chat.message WHERE room_id = room.id AND ${page} LIMIT $3) AS m ON true
    LEFT JOIN chat.sender ON sender.account_id = m.sender
    WHERE room.id = $1`;
}

export async function readPage(
  pool: Pool,
  roomId: string,
  { from, cursor, limit }: PageQuery,
): Promise<Read<StoredMessage>> {
  const read = await readRoom(pool, from, [roomId, cursor, limit], parseMessage);
  const key = from === "changedAfter" ? "changeSeq" : "seq";
  read.messages.sort((one, other) => one[key] - other[key]);
  return read;
}

/** Where a page back ended, if it was not full: the first place of the room, or the first that it looked at. */
export function floorOf({ from, cursor }: PageQuery, position: Position): number {
  const end = from === "newest" ? position.seq + 1 : Math.min(cursor, position.seq + 1);
  return Math.max(1, end - lookedAtMax);
}

/** The latest state of all that was created or changed after a position, by `changeSeq`. */
export async function readChanges(pool: Pool, roomId: string, after: number, limit: number): Promise<Read<RoomChange>> {
  const read = await readRoom(pool, "changedAfter", [roomId, after, limit], parseChange);
  read.messages.sort((one, other) => one.changeSeq - other.changeSeq);
  return read;
}

function parseChange(row: MessageRow): RoomChange {
  return { ...parseMessage(row), contentHash: row.content_hash.toString("hex") };
}

type RoomRow = { last_seq: string; last_change_seq: string } & (MessageRow | { id: null });

/** Named, so that each connection plans it once: that took PostgreSQL as long as reading. */
async function readRoom<T>(
  pool: Pool,
  from: PageQuery["from"],
  values: unknown[],
  parse: (row: MessageRow) => T,
): Promise<Read<T>> {
  const { rows } = await pool.query<RoomRow>({ name: `read-${from}`, text: readSql(pageSql[from]), values });
  const position = { seq: Number(rows[0]?.last_seq ?? 0), changeSeq: Number(rows[0]?.last_change_seq ?? 0) };
  return { messages: rows.filter((row) => row.id !== null).map(parse), position };
}
