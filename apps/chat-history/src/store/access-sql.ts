// Who may read and write a room, as SQL over a `room` and the row of the one who asks, `own`: the one place that says so.
// It does not know what is read or written.

/** @param isOpen whether public rooms are open to all who have not been sent away, without joining (ROOMS_AUTO_CREATE) */
export function mayRead(isOpen: boolean): string {
  const asGuest = isOpen ? `OR (room.kind = 'public' AND coalesce(own.status, 'left') = 'left')` : "";
  return `(room.deleted_at IS NULL AND (coalesce(own.status = 'member', false) ${asGuest}))`;
}

/** How long the account may not write yet, in milliseconds: a mute outlasts leaving. */
export const mutedMs = `coalesce(greatest(0, ceil(extract(epoch FROM own.muted_until - statement_timestamp()) * 1000)), 0)`;

/** By the other one of the room. OFFSET: that one is looked up first, whatever the planner thinks of blocks. */
const isBlocked = `
  (room.kind = 'direct' AND EXISTS (
    SELECT FROM (
      SELECT account_id FROM chat.room_member WHERE room_id = room.id AND account_id <> own.account_id OFFSET 0
    ) AS other CROSS JOIN LATERAL (
      SELECT FROM chat.block WHERE account_id = other.account_id AND blocked_id = own.account_id OFFSET 0
    ) AS block
  ))`;

/** Whether one who may read it may write too, once no longer muted. */
export const mayWrite = `NOT ${isBlocked}`;
