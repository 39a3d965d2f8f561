// Who may do what in which room, as of now, and what has changed in that since a version (contracts §3, internal).
import {
  accessChangesMax,
  isDirectRoomId,
  type AccessAnswer,
  type AccessChangesAnswer,
  type ChatAccessPubSub,
  type RoomRole,
} from "@parley/contracts";
import type { Pool } from "pg";
import { mayRead, mayWrite, mutedMs } from "./access-sql.ts";

export interface AccessReader {
  /** Answers in the order asked. */
  read(asked: { roomId: string; accountId: string }[]): Promise<AccessAnswer[]>;
  /** What changed in each room behind a version of it. */
  readChanges(rooms: { roomId: string; after: number }[]): Promise<AccessChangesAnswer>;
}

interface AccessRow {
  n: string;
  is_there: boolean;
  version: string;
  role: RoomRole | null;
  can_read: boolean | null;
  can_write: boolean | null;
  muted_ms: string;
}

/** OFFSET: each place by itself, by primary keys, whatever the planner thinks of many. */
function accessSql(isOpen: boolean): string {
  return `
    SELECT asked.n, access.*
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (room_id, account_id, n) CROSS JOIN LATERAL (
      SELECT room.id IS NOT NULL AS is_there, coalesce(counter.version, 0) AS version,
        CASE WHEN own.status = 'member' THEN own.role END AS role,
        ${mayRead(isOpen)} AS can_read, ${mayWrite} AS can_write, ${mutedMs} AS muted_ms
      FROM (SELECT) AS one
      LEFT JOIN chat.room ON room.id = asked.room_id
      LEFT JOIN chat.room_access counter ON counter.room_id = asked.room_id
      LEFT JOIN chat.room_member own ON own.room_id = asked.room_id AND own.account_id = asked.account_id
      OFFSET 0
    ) AS access`;
}

interface ChangeRow {
  n: string;
  room_version: string;
  all_version: string;
  all_change: string | null;
  account_id: string | null;
  version: string | null;
  change: string | null;
}

/** $1: rooms; $2: a version of each; $3: how many changes of each at most; $4: how many rows. */
const changesSql = `
  SELECT asked.n, coalesce(counter.version, 0) AS room_version, coalesce(counter.all_version, 0) AS all_version,
    counter.all_change, behind.*
  FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS asked (room_id, after, n)
  LEFT JOIN LATERAL (SELECT * FROM chat.room_access WHERE room_id = asked.room_id OFFSET 0) AS counter ON true
  LEFT JOIN LATERAL (
    SELECT account_id, version, change FROM chat.room_member
    WHERE room_id = asked.room_id AND version > asked.after ORDER BY version LIMIT $3
  ) AS behind ON true
  LIMIT $4`;

/** @param isOpen as of ROOMS_AUTO_CREATE: a room that is not there yet is one that anybody may bring about */
export function createAccessReader(pool: Pool, isOpen: boolean): AccessReader {
  const text = accessSql(isOpen);
  return {
    async read(asked) {
      const values = [asked.map(({ roomId }) => roomId), asked.map(({ accountId }) => accountId)];
      const { rows } = await pool.query<AccessRow>({ name: "read-access", text, values });
      const answers: AccessAnswer[] = [];
      for (const row of rows) answers[Number(row.n) - 1] = answerOf(row, isOpen && isMakeable(asked, row));
      return answers;
    },
    async readChanges(rooms) {
      // A room in which nothing changed takes a row too.
      const rowsMax = accessChangesMax + rooms.length;
      const values = [rooms.map(({ roomId }) => roomId), rooms.map(({ after }) => after), accessChangesMax, rowsMax];
      const found = await pool.query<ChangeRow>({ name: "read-access-changes", text: changesSql, values });
      const byRoom = Map.groupBy(found.rows, ({ n }) => Number(n) - 1);
      // In the order asked, room by room: what did not fit are the rest of the last one's, and all behind it.
      const cut = found.rows.length < rowsMax ? undefined : Number(found.rows.at(-1)!.n) - 1;
      const answer: AccessChangesAnswer = { changes: [], rooms: [] };
      for (const [n, { roomId, after }] of rooms.entries()) {
        const rows = byRoom.get(n) ?? [];
        const { changes, version } = changesOf(roomId, after, rows, n === cut || rows.length === accessChangesMax);
        answer.changes.push(...changes);
        answer.rooms.push({ roomId, version });
      }
      return answer;
    },
  };
}

function isMakeable(asked: { roomId: string }[], { n }: AccessRow): boolean {
  return !isDirectRoomId(asked[Number(n) - 1]!.roomId);
}

function answerOf(row: AccessRow, isMakeableRoom: boolean): AccessAnswer {
  const version = Number(row.version);
  if (!row.is_there) return { read: isMakeableRoom, write: isMakeableRoom, role: null, version };
  if (!row.can_read) return { read: false, write: false, role: null, version };
  const answer: AccessAnswer = { read: true, write: row.can_write === true, role: row.role, version };
  const mutedFor = Number(row.muted_ms);
  return answer.write && mutedFor > 0 ? { ...answer, write: false, mutedMs: mutedFor } : answer;
}

/** @param rows of the room, by version; none if there was no place for any */
function changesOf(roomId: string, after: number, rows: ChangeRow[], isCut: boolean) {
  const [first] = rows;
  if (!first) return { changes: [], version: after };
  const own = rows.filter((row) => row.account_id !== null);
  const changes: ChatAccessPubSub[] = own.map((row) => ({
    roomId,
    accountId: row.account_id!,
    version: Number(row.version),
    change: row.change!,
  }));
  const version = Number((isCut && own.at(-1)?.version) || first.room_version);
  const allVersion = Number(first.all_version);
  if (first.all_change !== null && allVersion > after && allVersion <= version)
    changes.push({ roomId, version: allVersion, change: first.all_change });
  return { changes, version };
}
