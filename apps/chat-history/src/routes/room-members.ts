// Members of a room over HTTP (contracts §3): joined, invited, given roles, sent away, kept out, kept quiet; and blocks
// between accounts.
import {
  MemberPut,
  MutePut,
  Refusal,
  type RoomRole,
  type MemberAnswer,
  type MembersPage,
  type ShutOutPage,
} from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { Request, RequestHandler, Response } from "express";
import type { Pool } from "pg";
import { block, unblock } from "../rooms/block.ts";
import { join } from "../rooms/join.ts";
import { leave } from "../rooms/leave.ts";
import { ban, mute, unban, unmute } from "../rooms/moderate.ts";
import type { Actor } from "../rooms/rules.ts";
import { readBanned, readBlocked, readMember, readMembers, type ListPage } from "../store/room-members.ts";
import { accountIdOf, actorOf, parse, roomIdOf } from "./asking.ts";
import { parseListPage, readListPage } from "./list-page.ts";
import type { RoomRoutes } from "./room-routes.ts";

/** PUT /rooms/{roomId}/members/{accountId} */
export function putMember(routes: RoomRoutes): RequestHandler {
  const { pool, addressOf } = routes;
  return async (request, response) => {
    const [roomId, accountId] = [roomIdOf(request), accountIdOf(request)];
    const { role } = parse(MemberPut, request.body ?? {}, "not a member to put");
    await join(routes, actorOf(request, response, addressOf), { roomId, accountId, role });
    const member = await readMember(pool, roomId, accountId);
    if (!member) throw new Refusal("CONFLICT", "gone already");
    const body: MemberAnswer = { member };
    response.json(body);
  };
}

/** GET /rooms/{roomId}/members: for its members. */
export function getMembers(routes: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const { items, nextCursor } = await readOfRoom(
      routes,
      request,
      response,
      ["owner", "moderator", "member"],
      readMembers,
    );
    const body: MembersPage = { members: items, nextCursor };
    response.json(body);
  };
}

/** GET /rooms/{roomId}/bans: for its owner and moderators. */
export function getBans(routes: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const { items, nextCursor } = await readOfRoom(routes, request, response, ["owner", "moderator"], readBanned);
    const body: ShutOutPage = { accounts: items, nextCursor };
    response.json(body);
  };
}

/** @throws Refusal FORBIDDEN for who has none of the roles */
function readOfRoom<T extends { accountId: string }>(
  { pool, reads, access }: RoomRoutes,
  request: Request,
  response: Response,
  roles: RoomRole[],
  read: (pool: Pool, roomId: string, page: ListPage) => Promise<T[]>,
) {
  const asked = { roomId: roomIdOf(request), accountId: identityOf(response).accountId };
  const readAllowed = async (page: ListPage) => {
    const [own] = await access.read([asked]);
    if (!own?.role || !roles.includes(own.role)) throw new Refusal("FORBIDDEN", "not one who may read the list");
    return read(pool, asked.roomId, page);
  };
  return readListPage(parseListPage(request), (page) => reads.run(() => readAllowed(page)), idOf);
}

/** GET /rooms/direct/blocks: one's own. */
export function getBlocks({ pool, reads }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const { accountId } = identityOf(response);
    const read = (page: ListPage) => reads.run(() => readBlocked(pool, accountId, page));
    const { items, nextCursor } = await readListPage(parseListPage(request), read, idOf);
    const body: ShutOutPage = { accounts: items, nextCursor };
    response.json(body);
  };
}

const idOf = ({ accountId }: { accountId: string }) => accountId;

type Act = (routes: RoomRoutes, actor: Actor, request: Request) => Promise<void>;

/** What is answered with nothing but that it is so. */
function answerNothing(act: Act): (routes: RoomRoutes) => RequestHandler {
  return (routes) => async (request, response) => {
    await act(routes, actorOf(request, response, routes.addressOf), request);
    response.status(204).end();
  };
}

/** DELETE /rooms/{roomId}/members/{accountId} */
export const deleteMember = answerNothing((routes, actor, request) =>
  leave(routes, actor, roomIdOf(request), accountIdOf(request)),
);

/** PUT /rooms/{roomId}/bans/{accountId} */
export const putBan = answerNothing(({ changes }, actor, request) =>
  ban(changes, actor, roomIdOf(request), accountIdOf(request)),
);

/** DELETE /rooms/{roomId}/bans/{accountId} */
export const deleteBan = answerNothing(({ changes }, actor, request) =>
  unban(changes, actor, roomIdOf(request), accountIdOf(request)),
);

/** PUT /rooms/{roomId}/mutes/{accountId} */
export const putMute = answerNothing(({ changes }, actor, request) => {
  const { seconds } = parse(MutePut, request.body, "not a mute");
  return mute(changes, actor, roomIdOf(request), accountIdOf(request), seconds);
});

/** DELETE /rooms/{roomId}/mutes/{accountId} */
export const deleteMute = answerNothing(({ changes }, actor, request) =>
  unmute(changes, actor, roomIdOf(request), accountIdOf(request)),
);

/** PUT /rooms/direct/{accountId}/block */
export const putBlock = answerNothing(({ changes, limits }, actor, request) =>
  block(changes, limits, actor, accountIdOf(request)),
);

/** DELETE /rooms/direct/{accountId}/block */
export const deleteBlock = answerNothing(({ changes }, actor, request) =>
  unblock(changes, actor, accountIdOf(request)),
);
