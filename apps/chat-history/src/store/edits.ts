// Changing what is stored: an edit or a deletion takes the room's next `change_seq` under the row's lock, as a creation
// does (guarantee P-11). It knows who may change what; not who hears of it.
import { Refusal, type RoomRole, type StoredMessage } from "@parley/contracts";
import type { Pool } from "pg";
import { mayRead, mayWrite, mutedMs } from "./access-sql.ts";
import { writeAudit } from "./audit.ts";
import { parseMessage, type MessageRow } from "./message-row.ts";
import { inTransaction, lockTimeout } from "./transaction.ts";

export interface ChangeOf {
  roomId: string;
  id: string;
  /** Who asks, and from where. */
  accountId: string;
  address: string;
  /** As of ROOMS_AUTO_CREATE. */
  isOpen: boolean;
}

/** What became of it. Nothing is changed for somebody who asks again for what is so already. */
export interface Changed {
  message: StoredMessage;
  isChanged: boolean;
}

/** By its author. @throws Refusal NOT_FOUND, FORBIDDEN, or CONFLICT: it is deleted */
export function editMessage(pool: Pool, change: ChangeOf, content: string): Promise<Changed> {
  return changeMessage(pool, change, (message, isAuthor) => {
    if (!isAuthor) throw new Refusal("FORBIDDEN", "somebody else's message");
    if (message.deleted) throw new Refusal("CONFLICT", "the message is deleted");
    return message.content === content ? undefined : { content, isDeleted: false };
  });
}

/** By its author, or by who moderates. The tombstone keeps its place and loses its content. @throws Refusal NOT_FOUND or FORBIDDEN */
export function deleteMessage(pool: Pool, change: ChangeOf): Promise<Changed> {
  return changeMessage(pool, change, (message, isAuthor, role) => {
    const isModerator = role === "owner" || role === "moderator";
    if (!isAuthor && !isModerator) throw new Refusal("FORBIDDEN", "somebody else's message");
    return message.deleted ? undefined : { content: "", isDeleted: true };
  });
}

interface NewState {
  content: string;
  isDeleted: boolean;
}

/** A statement of its own: the snapshots of the next ones must come after the lock. */
const lockRoom = `SELECT FROM chat.room WHERE id = $1 FOR NO KEY UPDATE`;

function readMessage(isOpen: boolean): string {
  return `
    SELECT ${mayRead(isOpen)} AND ${mayWrite} AND ${mutedMs} = 0 AS can_write,
      CASE WHEN own.status = 'member' THEN own.role END AS role, m.*, coalesce(sender.name, '') AS sender_name
    FROM chat.room
    LEFT JOIN chat.room_member own ON own.room_id = room.id AND own.account_id = $3
    LEFT JOIN chat.message m ON m.room_id = room.id AND m.id = $2
    LEFT JOIN chat.sender ON sender.account_id = m.sender
    WHERE room.id = $1`;
}

type PlacedRow = { can_write: boolean; role: RoomRole | null } & (MessageRow | { id: null });

/** $1 room, $2 id, $3 content, $4 whether it is deleted. */
const applyChange = `
  WITH moved AS (
    UPDATE chat.room SET last_change_seq = last_change_seq + 1, changed_at = statement_timestamp()
    WHERE id = $1 RETURNING last_change_seq
  )
  UPDATE chat.message SET content = $3, is_deleted = $4, change_seq = last_change_seq,
    edited_at = CASE WHEN $4 THEN edited_at ELSE statement_timestamp() END
  FROM moved WHERE room_id = $1 AND id = $2
  RETURNING message.*`;

async function changeMessage(
  pool: Pool,
  { roomId, id, accountId, address, isOpen }: ChangeOf,
  decide: (message: StoredMessage, isAuthor: boolean, role: RoomRole | null) => NewState | undefined,
): Promise<Changed> {
  return inTransaction(pool, async (client) => {
    await client.query(lockTimeout);
    await client.query(lockRoom, [roomId]);
    const [row] = (await client.query<PlacedRow>(readMessage(isOpen), [roomId, id, accountId])).rows;
    // A room that is not there is like any other that is open to all, or to nobody.
    if (!(row?.can_write ?? isOpen)) throw new Refusal("FORBIDDEN", "may not write there");
    if (!row || row.id === null) throw new Refusal("NOT_FOUND", "no such message in this room");
    const message = parseMessage(row);
    const isAuthor = message.sender === accountId;
    const next = decide(message, isAuthor, row.role);
    if (!next) return { message, isChanged: false };
    const [changed] = (await client.query<MessageRow>(applyChange, [roomId, id, next.content, next.isDeleted])).rows;
    if (!isAuthor) {
      const entry = {
        action: "message.deleted",
        actor: accountId,
        target: message.sender,
        roomId,
        address,
        detail: id,
      };
      await writeAudit(client, entry);
    }
    return { message: parseMessage({ ...changed!, sender_name: row.sender_name }), isChanged: true };
  });
}
