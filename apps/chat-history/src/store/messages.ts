// Reading a room: pages of its messages and lists of its changes, each with the position of the same snapshot, for those
// who may.
import { isDirectRoomId, Refusal, type Position, type RoomChange, type StoredMessage } from "@parley/contracts";
import type { Pool } from "pg";
import { mayRead } from "./access-sql.ts";
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

/**
 * One statement, hence one snapshot: the position is never older or newer than the messages.
 * @param seen whether the room's messages may be seen by `own`, the row of $4, which is looked up if that says so
 */
function readSql(page: string, seen?: string): string {
  const own = seen && `LEFT JOIN chat.room_member own ON own.room_id = room.id AND own.account_id = $4`;
  return `
    SELECT ${seen ?? true} AS is_seen, room.last_seq, room.last_change_seq, m.*, coalesce(sender.name, '') AS sender_name
    FROM chat.room ${own ?? ""}
    LEFT JOIN LATERAL (
      SELECT * FROM chat.message WHERE room_id = room.id AND ${seen ?? true} AND ${page} LIMIT $3
    ) AS m ON true
    LEFT JOIN chat.sender ON sender.account_id = m.sender
    WHERE room.id = $1`;
}

const kinds = Object.keys(pageSql) as PageQuery["from"][];

export type PageReader = ReturnType<typeof createPageReader>;

/** @param isOpen as of ROOMS_AUTO_CREATE: then a room that is not there is one that nobody has written to */
export function createPageReader(pool: Pool, isOpen: boolean) {
  const texts = new Map(kinds.map((from) => [from, readSql(pageSql[from], mayRead(isOpen))]));
  /** A page, and whether the account may read the room, found out in the same round trip. @throws Refusal FORBIDDEN */
  return async (roomId: string, accountId: string, page: PageQuery): Promise<Read<StoredMessage>> => {
    const { from, cursor, limit } = page;
    const values = [roomId, cursor, limit, accountId];
    const { rows } = await pool.query<RoomRow>({ name: `read-own-${from}`, text: texts.get(from)!, values });
    const isSeen = rows[0]?.is_seen ?? (isOpen && !isDirectRoomId(roomId));
    if (!isSeen) throw new Refusal("FORBIDDEN", "no such room, for this account");
    return pageOf(rows, page);
  };
}

/** For those who may read all rooms. */
export async function readPage(pool: Pool, roomId: string, page: PageQuery): Promise<Read<StoredMessage>> {
  return pageOf(await readRoom(pool, page.from, [roomId, page.cursor, page.limit]), page);
}

function pageOf(rows: RoomRow[], { from }: PageQuery): Read<StoredMessage> {
  const key = from === "changedAfter" ? "changeSeq" : "seq";
  const messages = messageRows(rows).map(parseMessage);
  messages.sort((one, other) => one[key] - other[key]);
  return { messages, position: positionOf(rows) };
}

/** Where a page back ended, if it was not full: the first place of the room, or the first that it looked at. */
export function floorOf({ from, cursor }: PageQuery, position: Position): number {
  const end = from === "newest" ? position.seq + 1 : Math.min(cursor, position.seq + 1);
  return Math.max(1, end - lookedAtMax);
}

/** The latest state of all that was created or changed after a position, by `changeSeq`. */
export async function readChanges(pool: Pool, roomId: string, after: number, limit: number): Promise<Read<RoomChange>> {
  const rows = await readRoom(pool, "changedAfter", [roomId, after, limit]);
  const messages = messageRows(rows).map(parseChange);
  messages.sort((one, other) => one.changeSeq - other.changeSeq);
  return { messages, position: positionOf(rows) };
}

function parseChange(row: MessageRow): RoomChange {
  return { ...parseMessage(row), contentHash: row.content_hash.toString("hex") };
}

type RoomRow = { is_seen: boolean; last_seq: string; last_change_seq: string } & (MessageRow | { id: null });

/** Named, so that each connection plans it once: that took PostgreSQL as long as reading. */
async function readRoom(pool: Pool, from: PageQuery["from"], values: unknown[]): Promise<RoomRow[]> {
  return (await pool.query<RoomRow>({ name: `read-${from}`, text: readSql(pageSql[from]), values })).rows;
}

function messageRows(rows: RoomRow[]): MessageRow[] {
  return rows.filter((row) => row.id !== null);
}

function positionOf([row]: RoomRow[]): Position {
  return { seq: Number(row?.last_seq ?? 0), changeSeq: Number(row?.last_change_seq ?? 0) };
}
