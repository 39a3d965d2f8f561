// What services say to each other over the bus (contracts §2). `roomId` comes first: gateways read it before they parse.
import { z } from "zod";
import { ChatMessageReceive, ErrorCodeShape, StoredMessage } from "./messages.ts";
import { AccountId, RoomId, Uuid } from "./scalars.ts";

/** On `chat-message` and in its log: accepted by a gateway, not yet stored. `via` names one attempt. */
export const ChatMessagePubSub = z.object({
  roomId: RoomId,
  tempId: Uuid,
  sender: AccountId,
  senderName: z.string(),
  content: z.string(),
  via: z.string(),
});
export type ChatMessagePubSub = z.infer<typeof ChatMessagePubSub>;

/** How every payload of ours on `chat-message` ends, so that it can be told from a foreign one without parsing. */
export const ownMessageEnd = /"via":"[^"\\]+"\}$/;

/** On the plain `chat-message`, from an older service beside ours: it has no `via`. */
export const ForeignMessage = ChatMessagePubSub.omit({ via: true, senderName: true }).extend({
  senderName: z.string().optional(),
});
export type ForeignMessage = z.infer<typeof ForeignMessage>;

/** On `chat-timestamp`: stored; echoes `via`. `stored` is the whole message, if it was edited or deleted since,
 * or adopted: nobody has its preview. */
export const ChatTimestampPubSub = StoredMessage.pick({
  roomId: true,
  id: true,
  tempId: true,
  sender: true,
  seq: true,
  changeSeq: true,
  createdAt: true,
  editedAt: true,
}).extend({ via: z.string(), stored: StoredMessage.optional() });
export type ChatTimestampPubSub = z.infer<typeof ChatTimestampPubSub>;

/** On `chat-rejected`: will not be stored; echoes `via`. `stored` is the message that holds the tempId, for CONFLICT. */
export const ChatRejectedPubSub = z.object({
  roomId: RoomId,
  tempId: Uuid,
  sender: AccountId,
  via: z.string(),
  code: ErrorCodeShape,
  stored: StoredMessage.optional(),
});
export type ChatRejectedPubSub = z.infer<typeof ChatRejectedPubSub>;

/** On `chat-update`: a change as clients get it. */
export const ChatUpdatePubSub = StoredMessage;

/** On `chat-user`, after commit: something for all connections of these accounts. */
export const ChatUserPubSub = z.object({
  accountIds: z.array(AccountId),
  queue: z.enum(["private", "notifications"]),
  body: z.union([ChatMessageReceive, z.record(z.string(), z.unknown())]),
});

/** On `chat-rates`, between gateways: how many messages accounts have sent through an instance since it last said so. */
export const ChatRatesPubSub = z.object({
  instanceId: z.string(),
  spent: z.array(z.tuple([AccountId, z.int().positive()])),
});
export type ChatRatesPubSub = z.infer<typeof ChatRatesPubSub>;
