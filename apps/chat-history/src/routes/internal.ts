// What gateways ask of chat-history (contracts §3, internal): positions, and what a room went through since one.
import {
  changesMax,
  internalPageLimitMax,
  PositionsQuery,
  Refusal,
  RoomId,
  Seq,
  type ChangesAnswer,
  type ReplayPage,
} from "@parley/contracts";
import type { RequestHandler } from "express";
import type { Pool } from "pg";
import { z } from "zod";
import { readChanges, readPage } from "../store/messages.ts";
import { readPositions } from "../store/positions.ts";

/** POST /internal/positions */
export function postPositions(pool: Pool): RequestHandler {
  return async (request, response) => {
    const query = PositionsQuery.safeParse(request.body ?? {});
    if (!query.success) throw new Refusal("INVALID", "not a positions query");
    response.json(await readPositions(pool, query.data.rooms));
  };
}

const digits = z.string().regex(/^\d+$/).transform(Number);
const ChangesQuery = z.object({ roomId: RoomId, after: digits.pipe(Seq) });
const ReplayQuery = ChangesQuery.extend({ limit: digits.pipe(z.int().min(1).max(internalPageLimitMax)) });

/** GET /internal/rooms/{roomId}/changes?after= */
export function getChanges(pool: Pool): RequestHandler {
  return async (request, response) => {
    const query = ChangesQuery.safeParse({ roomId: request.params["roomId"], after: request.query["after"] });
    if (!query.success) throw new Refusal("INVALID", "not a changes query");
    const { roomId, after } = query.data;
    const { messages, position } = await readChanges(pool, roomId, after, changesMax + 1);
    const answer: ChangesAnswer =
      messages.length > changesMax ? { resync: true, position } : { changes: messages, position };
    response.json(answer);
  };
}

/** GET /internal/rooms/{roomId}/messages?after=&limit= */
export function getReplay(pool: Pool): RequestHandler {
  return async (request, response) => {
    const query = ReplayQuery.safeParse({ roomId: request.params["roomId"], ...request.query });
    if (!query.success) throw new Refusal("INVALID", "not a replay query");
    const { roomId, after, limit } = query.data;
    const { messages, position } = await readPage(pool, roomId, { from: "after", cursor: after, limit: limit + 1 });
    const hasMore = messages.length > limit;
    const answer: ReplayPage = { messages: messages.slice(0, limit), hasMore, position };
    response.json(answer);
  };
}
