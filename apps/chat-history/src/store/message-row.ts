// A row of chat.message as PostgreSQL gives it, and as the wire shapes want it.
import type { StoredMessage } from "@parley/contracts";

/** bigint arrives as text: JavaScript numbers end at 2^53. */
export interface MessageRow {
  id: string;
  room_id: string;
  seq: string;
  change_seq: string;
  temp_id: string;
  sender: string;
  sender_name: string;
  content: string;
  content_hash: Buffer;
  created_at: Date;
  edited_at: Date | null;
  is_deleted: boolean;
}

export function parseMessage(row: MessageRow): StoredMessage {
  return {
    id: row.id,
    tempId: row.temp_id,
    roomId: row.room_id,
    sender: row.sender,
    senderName: row.sender_name,
    content: row.content,
    seq: Number(row.seq),
    changeSeq: Number(row.change_seq),
    createdAt: row.created_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    deleted: row.is_deleted,
  };
}
