// What is counted before an account is given another room, or a room another member. The counts hold still: the room is
// locked, and the account is too.
import { Refusal } from "@parley/contracts";
import type { RoomChange, RoomState } from "../store/room-change.ts";
import { isDeletedAccount } from "../store/senders.ts";
import type { RoomLimits } from "./rules.ts";

/** $1: who made them; $2: how many there may be. Answers how long until the oldest of so many no longer counts. */
const madeLately = `
  SELECT ceil(extract(epoch FROM created_at + interval '1 hour' - statement_timestamp()) * 1000) AS ms
  FROM chat.room WHERE created_by = $1 AND created_at > statement_timestamp() - interval '1 hour'
  ORDER BY created_at DESC OFFSET $2 - 1 LIMIT 1`;

const countRooms = `
  SELECT count(*)::int AS count FROM (
    SELECT FROM chat.room_member own JOIN chat.room ON room.id = own.room_id
    WHERE own.account_id = $1 AND own.status = 'member' AND room.kind <> 'direct' AND room.deleted_at IS NULL
    LIMIT $2
  ) AS of_account`;

/** @throws Refusal RATE_LIMITED */
export async function requireMayMake(
  { client }: RoomChange,
  accountId: string,
  { roomsPerHourMax }: RoomLimits,
): Promise<void> {
  if (roomsPerHourMax === 0) throw new Refusal("RATE_LIMITED", "nobody may make rooms");
  const [row] = (await client.query<{ ms: string }>(madeLately, [accountId, roomsPerHourMax])).rows;
  if (row) throw new Refusal("RATE_LIMITED", "rooms", { retryAfterMs: Math.max(1, Number(row.ms)) });
}

/** @throws Refusal TOO_MANY, NOT_FOUND (the account was deleted) */
export async function requirePlace(
  { client, members }: RoomChange,
  kind: RoomState["kind"],
  accountId: string,
  { roomsPerAccountMax, membersPerPrivateRoomMax }: RoomLimits,
): Promise<void> {
  if (await isDeletedAccount(client, accountId)) throw new Refusal("NOT_FOUND", "the account was deleted");
  if (kind === "private" && members >= membersPerPrivateRoomMax) throw new Refusal("TOO_MANY", "members of the room");
  const { rows } = await client.query<{ count: number }>(countRooms, [accountId, roomsPerAccountMax]);
  if (rows[0]!.count >= roomsPerAccountMax) throw new Refusal("TOO_MANY", "rooms of the account");
}
