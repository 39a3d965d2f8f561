// chat-history over HTTP, its public and its internal calls (contracts §3).
import { z } from "zod";
import { StoredMessage } from "./messages.ts";
import { Position, RoomId, Seq } from "./scalars.ts";

export const pageLimitMax = 200;
export const pageLimitDefault = 50;

/** A number in a query string: digits only, so that `1e9`, ` 1` and repeated parameters are refused. */
const digits = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** Query of `GET /{roomId}/messages`: at most one of the three cursors. */
export const HistoryQuery = z
  .strictObject({
    before: digits.optional(),
    after: digits.optional(),
    changedAfter: digits.optional(),
    limit: digits.pipe(z.int().min(1).max(pageLimitMax)).default(pageLimitDefault),
  })
  .refine(
    (query) => [query.before, query.after, query.changedAfter].filter((cursor) => cursor !== undefined).length <= 1,
  );
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** `messages` oldest first; `nextCursor` goes on in the direction that was asked for. */
export const HistoryPage = z.object({
  messages: z.array(StoredMessage),
  hasMore: z.boolean(),
  nextCursor: Seq.nullable(),
  position: Position,
});
export type HistoryPage = z.infer<typeof HistoryPage>;

/** `PATCH /{roomId}/messages/{id}`; `content` is judged by parseContent. */
export const MessageEdit = z.object({ content: z.string() });

/** Answer of `PATCH` and `DELETE /{roomId}/messages/{id}`: the message as it is now. */
export const MessageAnswer = z.object({ message: StoredMessage });
export type MessageAnswer = z.infer<typeof MessageAnswer>;

/** `POST /internal/positions`: of these rooms, or of all that changed in the last 15 s. */
export const PositionsQuery = z.object({ rooms: z.array(RoomId).max(1000).optional() });
export const PositionsAnswer = z.object({ rooms: z.array(z.object({ roomId: RoomId, position: Position })) });
export type PositionsAnswer = z.infer<typeof PositionsAnswer>;

/** How many changes one internal answer holds at most; beyond it the asker must resync. */
export const changesMax = 10_000;

/** A change for a gateway: `contentHash` (SHA-256, hex) is of the content first sent, to recognise waiting receipts. */
export const RoomChange = StoredMessage.extend({ contentHash: z.string() });
export type RoomChange = z.infer<typeof RoomChange>;

/** `GET /internal/rooms/{roomId}/changes?after=`: changes and position of one snapshot, from the primary. */
export const ChangesAnswer = z.union([
  z.object({ changes: z.array(RoomChange), position: Position }),
  z.object({ resync: z.literal(true), position: Position }),
]);
export type ChangesAnswer = z.infer<typeof ChangesAnswer>;

/** How many messages a page for gateways holds at most. */
export const internalPageLimitMax = 1000;

/** `GET /internal/rooms/{roomId}/messages?after=&limit=`: by `seq`, with tombstones, from the primary. */
export const ReplayPage = HistoryPage.pick({ messages: true, hasMore: true, position: true });
export type ReplayPage = z.infer<typeof ReplayPage>;
