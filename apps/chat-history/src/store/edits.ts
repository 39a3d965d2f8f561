// Changing what is stored: an edit or a deletion takes the room's next `change_seq` under the row's lock, as a creation
// does (guarantee P-11). It knows who may change what; not who hears of it.
import { Refusal, type StoredMessage } from "@parley/contracts";
import type { Pool } from "pg";
import { parseMessage, type MessageRow } from "./message-row.ts";
import { inTransaction, lockTimeout } from "./transaction.ts";

export interface ChangeOf {
  roomId: string;
  id: string;
  /** Who asks. */
  accountId: string;
}

/** What became of it. Nothing is changed for somebody who asks again for what is so already. */
export interface Changed {
  message: StoredMessage;
  isChanged: boolean;
}

/** @throws Refusal NOT_FOUND (also if it is deleted) or FORBIDDEN */
export function editMessage(pool: Pool, change: ChangeOf, content: string): Promise<Changed> {
  return changeMessage(pool, change, (message) => {
    if (message.deleted) throw new Refusal("NOT_FOUND", "the message is deleted");
    return message.content === content ? undefined : { content, isDeleted: false };
  });
}

/** The tombstone keeps its place and loses its content. @throws Refusal NOT_FOUND or FORBIDDEN */
export function deleteMessage(pool: Pool, change: ChangeOf): Promise<Changed> {
  return changeMessage(pool, change, (message) => (message.deleted ? undefined : { content: "", isDeleted: true }));
}

interface NewState {
  content: string;
  isDeleted: boolean;
}

/** A statement of its own: the snapshots of the next ones must come after the lock. */
const lockRoom = `SELECT FROM chat.room WHERE id = $1 FOR NO KEY UPDATE`;

const readMessage = `
  SELECT m.*, coalesce(sender.name, '') AS sender_name
  FROM chat.message m LEFT JOIN chat.sender ON sender.account_id = m.sender
  WHERE m.room_id = $1 AND m.id = $2`;

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
  { roomId, id, accountId }: ChangeOf,
  decide: (message: StoredMessage) => NewState | undefined,
): Promise<Changed> {
  return inTransaction(pool, async (client) => {
    await client.query(lockTimeout);
    await client.query(lockRoom, [roomId]);
    const [row] = (await client.query<MessageRow>(readMessage, [roomId, id])).rows;
    if (!row) throw new Refusal("NOT_FOUND", "no such message in this room");
    const message = parseMessage(row);
    if (message.sender !== accountId) throw new Refusal("FORBIDDEN", "somebody else's message");
    const next = decide(message);
    if (!next) return { message, isChanged: false };
    const [changed] = (await client.query<MessageRow>(applyChange, [roomId, id, next.content, next.isDeleted])).rows;
    return { message: parseMessage({ ...changed!, sender_name: row.sender_name }), isChanged: true };
  });
}
