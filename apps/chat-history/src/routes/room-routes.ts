// Everything that may be said of rooms and their members, by path. Who says it has been recognised before.
import { identityOf, type Log, type Turns } from "@parley/service";
import type { Express, Request, RequestHandler } from "express";
import type { Pool } from "pg";
import type { ChangeRates } from "../change-rates.ts";
import type { RoomLimits } from "../rooms/rules.ts";
import type { AccessReader } from "../store/access.ts";
import type { RoomChanges } from "../store/room-change.ts";
import { audited } from "./audited.ts";
import * as members from "./room-members.ts";
import * as rooms from "./rooms.ts";

export interface RoomRoutes {
  pool: Pool;
  /** Of reading: storing must not wait for readers. */
  reads: Turns;
  access: AccessReader;
  changes: RoomChanges;
  rates: ChangeRates;
  limits: RoomLimits;
  /** As of ROOMS_AUTO_CREATE. */
  isOpen: boolean;
  /** Where a request comes from, as trusted proxies have it. */
  addressOf: (request: Request) => string;
  log: Log;
}

export function addRoomRoutes(app: Express, account: RequestHandler, routes: RoomRoutes): void {
  const counted: RequestHandler = (_request, response, next) => {
    routes.rates.spend(identityOf(response).accountId);
    next();
  };
  const changing = (handler: RequestHandler) => [account, counted, audited(routes, handler)];
  app.post("/rooms", changing(rooms.postRoom(routes)));
  app.get("/rooms", account, rooms.getRooms(routes));
  app.get("/rooms/direct/blocks", account, members.getBlocks(routes));
  app.put("/rooms/direct/:accountId", changing(rooms.putDirectRoom(routes)));
  app.put("/rooms/direct/:accountId/block", changing(members.putBlock(routes)));
  app.delete("/rooms/direct/:accountId/block", changing(members.deleteBlock(routes)));
  app.get("/rooms/:roomId", account, rooms.getRoom(routes));
  app.patch("/rooms/:roomId", changing(rooms.patchRoom(routes)));
  app.delete("/rooms/:roomId", changing(rooms.deleteRoom(routes)));
  app.get("/rooms/:roomId/members", account, members.getMembers(routes));
  app.put("/rooms/:roomId/members/:accountId", changing(members.putMember(routes)));
  app.delete("/rooms/:roomId/members/:accountId", changing(members.deleteMember(routes)));
  app.get("/rooms/:roomId/bans", account, members.getBans(routes));
  app.put("/rooms/:roomId/bans/:accountId", changing(members.putBan(routes)));
  app.delete("/rooms/:roomId/bans/:accountId", changing(members.deleteBan(routes)));
  app.put("/rooms/:roomId/mutes/:accountId", changing(members.putMute(routes)));
  app.delete("/rooms/:roomId/mutes/:accountId", changing(members.deleteMute(routes)));
}
