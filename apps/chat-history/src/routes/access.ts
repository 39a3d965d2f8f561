// What gateways ask of who may do what in which room (contracts §3, internal).
import { AccessChangesQuery, AccessQuery, AccountId, Refusal, RoomId, type AccessAnswers } from "@parley/contracts";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { AccessReader } from "../store/access.ts";

const Asked = z.object({ roomId: RoomId, accountId: AccountId });

/** GET /internal/rooms/{roomId}/access/{accountId} */
export function getAccess(access: AccessReader): RequestHandler {
  return async (request, response) => {
    const asked = Asked.safeParse(request.params);
    if (!asked.success) throw new Refusal("INVALID", "not a room and an account");
    const [answer] = await access.read([asked.data]);
    response.json(answer);
  };
}

/** POST /internal/access */
export function postAccess(access: AccessReader): RequestHandler {
  return async (request, response) => {
    const query = AccessQuery.safeParse(request.body);
    if (!query.success) throw new Refusal("INVALID", "not an access query");
    const body: z.infer<typeof AccessAnswers> = { answers: await access.read(query.data.asked) };
    response.json(body);
  };
}

/** POST /internal/access/changes */
export function postAccessChanges(access: AccessReader): RequestHandler {
  return async (request, response) => {
    const query = AccessChangesQuery.safeParse(request.body);
    if (!query.success) throw new Refusal("INVALID", "not an access changes query");
    response.json(await access.readChanges(query.data.rooms));
  };
}
