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
  type StoredMessage,
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
    const query = ReplayQuery.safeParse({ ...request.query, roomId: request.params["roomId"] });
    if (!query.success) throw new Refusal("INVALID", "not a replay query");
    const { roomId, after, limit } = query.data;
    const { messages, position } = await readPage(pool, roomId, { from: "after", cursor: after, limit: limit + 1 });
    const count = Math.min(limit, countWithin(messages, replayBytesMax));
    const answer: ReplayPage = { messages: messages.slice(0, count), hasMore: count < messages.length, position };
    response.json(answer);
  };
}

/** Octets of contents in a page for gateways, which keep it while a listener is given it. A page has one message at least. */
const replayBytesMax = 262_144;

function countWithin(messages: StoredMessage[], bytesMax: number): number {
  let bytes = 0;
  const tooMany = messages.findIndex(({ content }) => (bytes += Buffer.byteLength(content)) > bytesMax);
  return tooMany < 0 ? messages.length : Math.max(1, tooMany);
}
