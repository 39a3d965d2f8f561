// Rooms and their members over HTTP (contracts §3).
import { z } from "zod";
import { pageLimitDefault, pageLimitMax } from "./history.ts";
import { AccountId, Nickname, Position, RoomId, Time } from "./scalars.ts";

/** `public`: whoever has an account may join. `private`: by invitation. `direct`: exactly two, for ever the same. */
export const RoomKind = z.enum(["public", "private", "direct"]);
export type RoomKind = z.infer<typeof RoomKind>;

export const RoomRole = z.enum(["owner", "moderator", "member"]);
export type RoomRole = z.infer<typeof RoomRole>;

/** What a room is called on screens; the same rules as for people's names. */
export const RoomName = Nickname;

/** `role`: of the account that asks; null: it is no member. `peer`: the other one of a direct room, which has their name. */
export const Room = z.object({
  id: RoomId,
  name: z.string(),
  kind: RoomKind,
  position: Position,
  role: RoomRole.nullable(),
  peer: AccountId.optional(),
  unread: z.int().nonnegative().optional(),
});
export type Room = z.infer<typeof Room>;

/** `POST /rooms`. Without an id the server makes one. Direct rooms are made by `PUT /rooms/direct/{accountId}`. */
export const RoomCreate = z.object({
  id: RoomId.optional(),
  name: RoomName,
  kind: RoomKind.exclude(["direct"]),
});
export type RoomCreate = z.infer<typeof RoomCreate>;

/** `PATCH /rooms/{roomId}`. */
export const RoomEdit = z.object({ name: RoomName });

export const RoomAnswer = z.object({ room: Room });
export type RoomAnswer = z.infer<typeof RoomAnswer>;

/** Query of every list: `cursor` is the `nextCursor` of the page before. */
export const ListQuery = z.strictObject({
  cursor: z.string().max(256).optional(),
  limit: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(pageLimitMax))
    .default(pageLimitDefault),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** `nextCursor`: null on the last page. */
export const RoomsPage = z.object({ rooms: z.array(Room), nextCursor: z.string().nullable() });
export type RoomsPage = z.infer<typeof RoomsPage>;

/** `PUT /rooms/{roomId}/members/{accountId}`: oneself to join, another to invite; with `role`, to give a role. */
export const MemberPut = z.object({ role: RoomRole.optional() });

/** `mutedUntil`: null unless a mute is in force. */
export const Member = z.object({
  accountId: AccountId,
  name: z.string(),
  role: RoomRole,
  mutedUntil: Time.nullable(),
  joinedAt: Time,
});
export type Member = z.infer<typeof Member>;

export const MemberAnswer = z.object({ member: Member });
export type MemberAnswer = z.infer<typeof MemberAnswer>;
export const MembersPage = z.object({ members: z.array(Member), nextCursor: z.string().nullable() });
export type MembersPage = z.infer<typeof MembersPage>;

/** Longest mute: a year, in seconds. */
export const muteSecondsMax = 31_536_000;
/** `PUT /rooms/{roomId}/mutes/{accountId}`. */
export const MutePut = z.object({ seconds: z.int().min(1).max(muteSecondsMax) });

/** `GET /rooms/{roomId}/bans`, `GET /rooms/direct/blocks`: accounts that are kept out. */
export const ShutOutPage = z.object({
  accounts: z.array(z.object({ accountId: AccountId, name: z.string(), since: Time })),
  nextCursor: z.string().nullable(),
});
export type ShutOutPage = z.infer<typeof ShutOutPage>;

export const RoomPresence = z.object({
  online: z.int().nonnegative(),
  accounts: z.array(z.object({ accountId: AccountId, name: z.string() })),
});

/** `PUT /internal/rooms/direct`: the two people's room, made if need be. */
export const DirectPut = z.object({ a: AccountId, b: AccountId });
