// Who may read and write a room, as SQL over a `room` and the row of the one who asks, `own`: the one place that says so.
// It does not know what is read or written.

/** @param isOpen whether public rooms are open to all who have not been sent away, without joining (ROOMS_AUTO_CREATE) */
export function mayRead(isOpen: boolean): string {
  const asGuest = isOpen ? `OR (room.kind = 'public' AND coalesce(own.status, 'left') = 'left')` : "";
  return `(room.deleted_at IS NULL AND (coalesce(own.status = 'member', false) ${asGuest}))`;
}

/** How long the account may not write yet, in milliseconds: a mute outlasts leaving. */
export const mutedMs = `coalesce(greatest(0, ceil(extract(epoch FROM own.muted_until - statement_timestamp()) * 1000)), 0)`;

/** By the other one of the room. */
const isBlocked = `
  (room.kind = 'direct' AND EXISTS (
    SELECT FROM chat.room_member other
    JOIN chat.block ON block.account_id = other.account_id AND block.blocked_id = own.account_id
    WHERE other.room_id = room.id AND other.account_id <> own.account_id
  ))`;

/** Whether one who may read it may write too, once no longer muted. */
export const mayWrite = `NOT ${isBlocked}`;
