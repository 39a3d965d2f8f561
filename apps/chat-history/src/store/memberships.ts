// In which rooms an account is, and who comes after an owner.
import type { Pool } from "pg";
import type { RoomChange } from "./room-change.ts";

/** Also those that were deleted. */
export async function listRoomsOf(pool: Pool, accountId: string): Promise<string[]> {
  const { rows } = await pool.query<{ room_id: string }>(
    "SELECT room_id FROM chat.room_member WHERE account_id = $1 AND status = 'member' ORDER BY room_id",
    [accountId],
  );
  return rows.map((row) => row.room_id);
}

/** The moderator who has been in longest, or else the member; undefined if nobody is in. */
export async function findSuccessor({ client, roomId }: RoomChange): Promise<string | undefined> {
  const { rows } = await client.query<{ account_id: string }>(
    `SELECT account_id FROM chat.room_member WHERE room_id = $1 AND status = 'member'
     ORDER BY role = 'moderator' DESC, joined_at, account_id LIMIT 1`,
    [roomId],
  );
  return rows[0]?.account_id;
}
