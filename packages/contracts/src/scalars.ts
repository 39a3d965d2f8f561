// The small shapes that all others are made of (contracts §0).
import { z } from "zod";
import { isInvisible } from "./content.ts";
import { isRoomId } from "./room-id.ts";

export const RoomId = z.string().max(128).refine(isRoomId, "not a room id");
export type RoomId = z.infer<typeof RoomId>;

/** A UUID of chat-auth's, or `<issuer name>:<sub>` of another issuer's account. Nothing that PostgreSQL cannot keep. */
export const AccountId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);

/** Any UUID, the nil one too, in lower case: RFC 9562 §4 asks readers to accept either case. */
export const Uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, "not a UUID")
  .transform((text) => text.toLowerCase());

/** A position in a room: 1, 2, 3, … without holes; 0 before the first. */
export const Seq = z.int().nonnegative();

/** ISO 8601, UTC, milliseconds, by PostgreSQL's clock. */
export const Time = z.iso.datetime({ precision: 3 });

/** The latest of both in a room. */
export const Position = z.object({ seq: Seq, changeSeq: Seq });
export type Position = z.infer<typeof Position>;

/** In UTF-16 units. */
const nicknameUnitsMax = 64;
/** Something to be seen, without control characters and lone surrogates: PostgreSQL keeps neither NUL nor half a character. */
export const Nickname = z
  .string()
  .trim()
  .min(1)
  .max(nicknameUnitsMax)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .refine((name) => !isInvisible(name), "shows nothing");

/** What is left of a name elsewhere by these rules: nothing unseemly, and never half a character. Undefined if nothing is. */
export function cutNickname(name: string): string | undefined {
  let cut = "";
  for (const character of name.replace(/[\p{Cc}\p{Cs}]/gu, "").trim()) {
    if (cut.length + character.length > nicknameUnitsMax) break;
    cut += character;
  }
  return Nickname.safeParse(cut).data;
}
