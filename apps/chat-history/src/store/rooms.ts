// Writing what a room is, under the lock of its access, and reading it for the one who asks. It does not know who may.
import type { Room, RoomKind, RoomRole } from "@parley/contracts";
import type { Pool } from "pg";
import { mayRead } from "./access-sql.ts";
import type { RoomChange } from "./room-change.ts";

export interface NewRoom {
  kind: RoomKind;
  /** Null: it is called by its id, or the other one's name. */
  name: string | null;
  createdBy: string;
}

/** Answers whether it was made: an id that was ever taken stays so. */
export async function insertRoom({ client, roomId }: RoomChange, { kind, name, createdBy }: NewRoom): Promise<boolean> {
  const { rowCount } = await client.query(
    "INSERT INTO chat.room (id, kind, name, created_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    [roomId, kind, name, createdBy],
  );
  return rowCount === 1;
}

export async function renameRoom({ client, roomId }: RoomChange, name: string): Promise<void> {
  await client.query("UPDATE chat.room SET name = $2 WHERE id = $1", [roomId, name]);
}

/** Its messages and its members stay as they are; nobody can see them. */
export async function deleteRoom({ client, roomId }: RoomChange): Promise<void> {
  await client.query("UPDATE chat.room SET deleted_at = statement_timestamp() WHERE id = $1", [roomId]);
}

export async function hasOwner({ client, roomId }: RoomChange): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT FROM chat.room_member WHERE room_id = $1 AND role = 'owner' AND status = 'member'",
    [roomId],
  );
  return rows.length > 0;
}

interface RoomRow {
  id: string;
  name: string | null;
  kind: RoomKind;
  last_seq: string;
  last_change_seq: string;
  role: RoomRole | null;
  peer: string | null;
  peer_name: string | null;
}

const columns = `
  room.id, room.name, room.kind, room.last_seq, room.last_change_seq,
  CASE WHEN own.status = 'member' THEN own.role END AS role, peer.account_id AS peer,
  (SELECT name FROM chat.sender WHERE account_id = peer.account_id) AS peer_name`;

/** Of a room of two, the other one. */
const peer = `
  LEFT JOIN LATERAL (
    SELECT account_id FROM chat.room_member other
    WHERE room.kind = 'direct' AND other.room_id = room.id AND other.account_id <> own.account_id
    ORDER BY account_id LIMIT 1
  ) AS peer ON true`;

/** Public rooms can be seen by all who are not banned, so that they can be joined. */
const readOne = `
  SELECT ${columns}
  FROM chat.room LEFT JOIN chat.room_member own ON own.room_id = room.id AND own.account_id = $2 ${peer}
  WHERE room.id = $1 AND (
    ${mayRead(false)}
    OR (room.kind = 'public' AND room.deleted_at IS NULL AND coalesce(own.status, 'left') <> 'banned')
  )`;

/** $1: the account; $2: a room's id, those behind it are meant; $3: how many. */
const readMine = `
  SELECT ${columns}
  FROM chat.room_member own JOIN chat.room ON room.id = own.room_id ${peer}
  WHERE own.account_id = $1 AND own.status = 'member' AND own.room_id > $2 AND room.deleted_at IS NULL
  ORDER BY own.room_id LIMIT $3`;

/** As the account sees it; undefined if it is not to be seen. */
export async function readRoom(pool: Pool, roomId: string, accountId: string): Promise<Room | undefined> {
  const values = [roomId, accountId];
  const { rows } = await pool.query<RoomRow>({ name: "read-room", text: readOne, values });
  return rows[0] && parseRoom(rows[0]);
}

/** Those in which the account is, by id. */
export async function readRooms(pool: Pool, accountId: string, after: string, limit: number): Promise<Room[]> {
  const values = [accountId, after, limit];
  const { rows } = await pool.query<RoomRow>({ name: "read-rooms", text: readMine, values });
  return rows.map(parseRoom);
}

function parseRoom(row: RoomRow): Room {
  const { id, kind, role, peer: other } = row;
  const position = { seq: Number(row.last_seq), changeSeq: Number(row.last_change_seq) };
  const name = row.name ?? row.peer_name ?? other ?? id;
  return { id, name, kind, position, role, ...(other !== null && { peer: other }) };
}
