// What is there after a run: every room of the load by pages, and its rows.
import type { Load } from "./load.ts";
import { readWhole } from "./readers.ts";
import type { Ending, MessageRow, RoomRow } from "./recording.ts";
import type { Stack } from "./stack.ts";

export async function readEnding({ historyUrl, pool }: Stack, { rooms, reader }: Load): Promise<Ending> {
  const history: Ending["history"] = new Map();
  for (const roomId of rooms) history.set(roomId, await readWhole({ historyUrl, speaker: reader }, roomId));
  const messages = await pool.query<MessageRow>(
    `SELECT id, room_id AS "roomId", seq::float8, change_seq::float8 AS "changeSeq", temp_id AS "tempId", sender,
       extract(epoch FROM created_at)::float8 * 1000 AS "createdMs"
     FROM chat.message WHERE room_id = ANY ($1) ORDER BY room_id, seq`,
    [rooms],
  );
  const known = await pool.query<RoomRow>(
    `SELECT id AS "roomId", last_seq::float8 AS "lastSeq" FROM chat.room WHERE id = ANY ($1)`,
    [rooms],
  );
  return { history, messages: messages.rows, rooms: known.rows };
}
