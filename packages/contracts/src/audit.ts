// The audit log: who did what to whom (contracts §3). No content, no tokens, no addresses of mail.
import { z } from "zod";
import { ListQuery } from "./rooms.ts";
import { AccountId, RoomId, Seq, Time, Uuid } from "./scalars.ts";

/** `action` is `<noun>.<verb>`, such as `login.refused` or `member.removed`. */
export const AuditEvent = z.object({
  id: Uuid,
  at: Time,
  action: z.string().regex(/^[a-z]+\.[a-z-]+$/),
  /** Who did it; null: nobody who is signed in, or an operator. */
  actor: AccountId.nullable(),
  /** To whom. */
  target: AccountId.nullable(),
  roomId: RoomId.nullable(),
  /** The network address it came from, where that is known. */
  address: z.string().nullable(),
  /** A few words, such as a role. */
  detail: z.string().nullable(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** `GET /internal/audit?after=` of chat-auth: what it has to say, by `seq`. */
export const AuditOutboxPage = z.object({
  events: z.array(AuditEvent.extend({ seq: Seq })),
  position: Seq,
});
export type AuditOutboxPage = z.infer<typeof AuditOutboxPage>;

/** Query of `GET /audit`; `account`: who did it, or to whom it was done. */
export const AuditQuery = ListQuery.extend({
  account: AccountId.optional(),
  action: AuditEvent.shape.action.optional(),
  room: RoomId.optional(),
});

/** `GET /audit` for operators: the newest first. */
export const AuditPage = z.object({ events: z.array(AuditEvent), nextCursor: z.string().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;
