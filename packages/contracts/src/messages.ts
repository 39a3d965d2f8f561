// What clients and gateways say to each other in STOMP bodies (contracts §1).
import { z } from "zod";
import { errors, type ErrorCode } from "./errors.ts";
import { AccountId, Position, RoomId, Seq, Time, Uuid } from "./scalars.ts";

/** SEND `/app/chat`. `content` is judged by parseContent; `sender`, if given, must be the connection's account. */
export const ChatMessageSend = z.object({
  roomId: RoomId,
  content: z.string(),
  sender: z.string().optional(),
  tempId: Uuid.optional(),
});
export type ChatMessageSend = z.infer<typeof ChatMessageSend>;

/** A stored message as it is now: created, edited or deleted (a tombstone has empty `content`). */
export const StoredMessage = z.object({
  id: Uuid,
  tempId: Uuid,
  roomId: RoomId,
  sender: AccountId,
  senderName: z.string(),
  content: z.string(),
  seq: Seq,
  changeSeq: Seq,
  createdAt: Time,
  editedAt: Time.nullable(),
  deleted: z.boolean(),
});
export type StoredMessage = z.infer<typeof StoredMessage>;

/**
 * Live but not yet stored: `id` is the tempId, `seq` and the times are null.
 * With `deleted: true` it is a withdrawal: this preview will not be stored.
 */
export const PreviewMessage = StoredMessage.extend({
  seq: z.null(),
  changeSeq: z.null(),
  createdAt: z.null(),
  editedAt: z.null(),
});
export type PreviewMessage = z.infer<typeof PreviewMessage>;

export const ChatMessageReceive = z.union([StoredMessage, PreviewMessage]);
export type ChatMessageReceive = z.infer<typeof ChatMessageReceive>;

/** The preview of (sender, tempId) is stored: its real id takes the tempId's place. */
export const ChatTimestampReceive = StoredMessage.pick({
  id: true,
  tempId: true,
  roomId: true,
  sender: true,
  seq: true,
  changeSeq: true,
  createdAt: true,
  editedAt: true,
});
export type ChatTimestampReceive = z.infer<typeof ChatTimestampReceive>;

export const ErrorCodeShape = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

/** A refusal that does not end the connection, on `/user/queue/errors`. */
export const ChatRejected = z.object({
  code: ErrorCodeShape,
  message: z.string(),
  roomId: z.string().optional(),
  tempId: z.string().optional(),
  receiptId: z.string().optional(),
  subscription: z.string().optional(),
  position: Position.optional(),
  retryable: z.boolean(),
  retryAfterMs: z.int().nonnegative().optional(),
  /** With TOKEN_EXPIRED, when it is still to come: in how many milliseconds the token ends. */
  expiresInMs: z.int().nonnegative().optional(),
});
export type ChatRejected = z.infer<typeof ChatRejected>;

/** SEND `/app/whisper`: a message of the two people's direct room. */
export const WhisperSend = z.object({ to: AccountId, content: z.string(), tempId: Uuid.optional() });
/** SEND `/app/typing`. */
export const TypingSend = z.object({ roomId: RoomId });
/** SEND `/app/read`. */
export const ReadSend = z.object({ roomId: RoomId, seq: Seq });
/** SEND `/app/auth`: a fresh access token of the same account for this open connection. */
export const AuthSend = z.object({ token: z.string() });
export type AuthSend = z.infer<typeof AuthSend>;

/** SUBSCRIBE `/topic/{roomId}/presence`. */
export const PresenceReceive = z.object({ online: z.int(), joined: z.array(AccountId), left: z.array(AccountId) });
/** SUBSCRIBE `/topic/{roomId}/typing`. */
export const TypingReceive = z.object({ accountId: AccountId, name: z.string() });
/** SUBSCRIBE `/topic/{roomId}/reads`. */
export const ReadsReceive = z.array(z.object({ accountId: AccountId, seq: Seq }));
/** SUBSCRIBE `/user/queue/notifications`. */
export const NotificationReceive = z.object({
  kind: z.enum(["message", "invitation", "removal"]),
  roomId: RoomId,
  seq: Seq.optional(),
  unread: z.int().nonnegative().optional(),
});
