// What gateways ask of chat-history (contracts §3, internal): positions, and what a room went through since one.
import { changesMax, PositionsQuery, Refusal, RoomId, Seq, type ChangesAnswer } from "@parley/contracts";
import type { RequestHandler } from "express";
import type { Pool } from "pg";
import { z } from "zod";
import { readChanges } from "../store/messages.ts";
import { readPositions } from "../store/positions.ts";

/** POST /internal/positions */
export function postPositions(pool: Pool): RequestHandler {
  return async (request, response) => {
    const query = PositionsQuery.safeParse(request.body ?? {});
    if (!query.success) throw new Refusal("INVALID", "not a positions query");
    response.json(await readPositions(pool, query.data.rooms));
  };
}

const ChangesQuery = z.object({ roomId: RoomId, after: z.string().regex(/^\d+$/).transform(Number).pipe(Seq) });

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
