// Who may do what in a room, and how gateways hear that it has changed (contracts §2, §3).
import { z } from "zod";
import { RoomRole } from "./rooms.ts";
import { AccountId, RoomId, Seq } from "./scalars.ts";

/**
 * `GET /internal/rooms/{roomId}/access/{accountId}`. `version` is the room's counter of such changes: an answer that is
 * older than a change that was heard of is worth nothing. `mutedMs`: `write` is false for so long, then true.
 */
export const AccessAnswer = z.object({
  read: z.boolean(),
  write: z.boolean(),
  role: RoomRole.nullable(),
  version: Seq,
  mutedMs: z.int().positive().optional(),
});
export type AccessAnswer = z.infer<typeof AccessAnswer>;

/** How many places one question may name. */
export const accessAskedMax = 1_000;

/** `POST /internal/access`: the same for many, since a gateway that starts has many to ask for. Answers in this order. */
export const AccessQuery = z.object({
  asked: z.array(z.object({ roomId: RoomId, accountId: AccountId })).max(accessAskedMax),
});
export const AccessAnswers = z.object({ answers: z.array(AccessAnswer) });

/** What can happen to an account in a room, or to the room. */
export const accessChanges = [
  "created",
  "deleted",
  "joined",
  "left",
  "removed",
  "banned",
  "unbanned",
  "muted",
  "unmuted",
  "role",
  "blocked",
  "unblocked",
] as const;
export type AccessChange = (typeof accessChanges)[number];

/** After these nobody concerned may read on, whatever else is known. */
export const endingChanges: ReadonlySet<string> = new Set<AccessChange>(["deleted", "left", "removed", "banned"]);

/**
 * On `chat-access`. With `roomId`, from chat-history: of one account, or of all (no `accountId`); `version` is the room's
 * counter. Without, from chat-auth: these logins (`sids`) of the account have ended; `version` is the account's counter.
 * Who has heard of a newer one of the same room and account, or account, ignores it.
 */
export const ChatAccessPubSub = z.object({
  roomId: RoomId.optional(),
  accountId: AccountId.optional(),
  version: Seq,
  change: z.string(),
  sids: z.array(z.string()).optional(),
});
export type ChatAccessPubSub = z.infer<typeof ChatAccessPubSub>;

/** How many rooms one question may name, and how many changes one answer holds. */
export const accessRoomsMax = 1_000;
export const accessChangesMax = 10_000;

/** `POST /internal/access/changes`: what changed in these rooms since a version of each; what events may have lost. */
export const AccessChangesQuery = z.object({
  rooms: z.array(z.object({ roomId: RoomId, after: Seq })).max(accessRoomsMax),
});

/** Of each account the latest change. `rooms`: each that was asked for, in this order, and up to which version its changes are here. */
export const AccessChangesAnswer = z.object({
  changes: z.array(ChatAccessPubSub),
  rooms: z.array(z.object({ roomId: RoomId, version: Seq })),
});
export type AccessChangesAnswer = z.infer<typeof AccessChangesAnswer>;
