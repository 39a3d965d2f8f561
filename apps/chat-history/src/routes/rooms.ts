// Rooms over HTTP (contracts §3): made, listed, looked at, renamed, deleted; and the one room of two people.
import {
  DirectPut,
  Refusal,
  RoomCreate,
  RoomEdit,
  type Room,
  type RoomAnswer,
  type RoomsPage,
} from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { RequestHandler } from "express";
import { openDirectRoom } from "../rooms/direct-room.ts";
import { editRoom, removeRoom } from "../rooms/edit-room.ts";
import { makeRoom } from "../rooms/make-room.ts";
import { readRoom, readRooms } from "../store/rooms.ts";
import { accountIdOf, actorOf, parse, roomIdOf } from "./asking.ts";
import { parseListPage, readListPage } from "./list-page.ts";
import type { RoomRoutes } from "./room-routes.ts";

/** POST /rooms */
export function postRoom({ pool, changes, limits, addressOf }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const wanted = parse(RoomCreate, request.body, "not a room to make");
    const actor = actorOf(request, response, addressOf);
    const roomId = await makeRoom(changes, limits, actor, wanted);
    const body: RoomAnswer = { room: await requireSeen(readRoom(pool, roomId, actor.accountId)) };
    response.status(201).json(body);
  };
}

/** GET /rooms */
export function getRooms({ pool, reads }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const { accountId } = identityOf(response);
    const { items, nextCursor } = await readListPage(
      parseListPage(request),
      ({ after, limit }) => reads.run(() => readRooms(pool, accountId, after, limit)),
      ({ id }) => id,
    );
    const body: RoomsPage = { rooms: items, nextCursor };
    response.json(body);
  };
}

/** GET /rooms/{roomId}: of members; public ones for all, so that they can be joined. */
export function getRoom({ pool, reads }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const roomId = roomIdOf(request);
    const { accountId } = identityOf(response);
    const body: RoomAnswer = { room: await requireSeen(reads.run(() => readRoom(pool, roomId, accountId))) };
    response.json(body);
  };
}

/** PATCH /rooms/{roomId} */
export function patchRoom({ pool, changes, addressOf }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const roomId = roomIdOf(request);
    const { name } = parse(RoomEdit, request.body, "not an edit of a room");
    const actor = actorOf(request, response, addressOf);
    await editRoom(changes, actor, roomId, name);
    const body: RoomAnswer = { room: await requireSeen(readRoom(pool, roomId, actor.accountId)) };
    response.json(body);
  };
}

/** DELETE /rooms/{roomId} */
export function deleteRoom({ changes, addressOf }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    await removeRoom(changes, actorOf(request, response, addressOf), roomIdOf(request));
    response.status(204).end();
  };
}

/** PUT /rooms/direct/{accountId} */
export function putDirectRoom({ pool, changes, limits, addressOf }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const actor = actorOf(request, response, addressOf);
    const roomId = await openDirectRoom(changes, limits, actor, accountIdOf(request));
    const body: RoomAnswer = { room: await requireSeen(readRoom(pool, roomId, actor.accountId)) };
    response.json(body);
  };
}

/** PUT /internal/rooms/direct: as `a` sees it, who asks for it. */
export function putDirectRoomFor({ pool, changes, limits }: RoomRoutes): RequestHandler {
  return async (request, response) => {
    const { a, b } = parse(DirectPut, request.body, "not two accounts");
    const roomId = await openDirectRoom(changes, limits, { accountId: a }, b);
    const body: RoomAnswer = { room: await requireSeen(readRoom(pool, roomId, a)) };
    response.json(body);
  };
}

/** One that is not there is refused like one that is not to be seen. */
async function requireSeen(reading: Promise<Room | undefined>): Promise<Room> {
  const room = await reading;
  if (!room) throw new Refusal("FORBIDDEN", "no such room, for this account");
  return room;
}
