// A room with very many messages, straight into the tables.
import type { Pool } from "pg";

export const bigRoom = "big";

const fillRoom = `
  WITH room AS (
    INSERT INTO chat.room (id, last_seq, last_change_seq) VALUES ('${bigRoom}', $1, $1) RETURNING id
  )
  INSERT INTO chat.message (room_id, seq, change_seq, temp_id, sender, content, content_hash, created_at)
  SELECT room.id, n, n, gen_random_uuid(), 'filler', 'message ' || n, sha256(n::text::bytea), now()
  FROM room, generate_series(1, $1::bigint) AS n`;

export async function fillBigRoom(pool: Pool, messages: number): Promise<void> {
  await pool.query(fillRoom, [messages]);
}
