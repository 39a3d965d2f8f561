// Everything that outsiders may say to chat-history over HTTP, and to whom each is open.
import { requireAccount, requireOperator, requireService, type Verify } from "@parley/service";
import express, { type Express, type RequestHandler } from "express";
import { getAccess, postAccess, postAccessChanges } from "./access.ts";
import { audited } from "./audited.ts";
import { getAudit } from "./audit.ts";
import { getChanges, getReplay, postPositions } from "./internal.ts";
import { patchMessage, removeMessage, type MessageOptions } from "./message.ts";
import { getMessages } from "./messages.ts";
import { addRoomRoutes, type RoomRoutes } from "./room-routes.ts";
import { putDirectRoomFor } from "./rooms.ts";
import { createPageReader } from "../store/messages.ts";

export interface Routes extends RoomRoutes, MessageOptions {
  verify: Verify;
  operatorToken: string | undefined;
}

export function addRoutes(app: Express, routes: Routes): void {
  const { pool, access, reads, isOpen } = routes;
  app.get("/internal/rooms/:roomId/access/:accountId", getAccess(access));
  app.post("/internal/access", postAccess(access));
  app.post("/internal/access/changes", postAccessChanges(access));
  app.put("/internal/rooms/direct", putDirectRoomFor(routes));
  app.post("/internal/positions", postPositions(pool));
  app.get("/internal/rooms/:roomId/changes", getChanges(pool));
  app.get("/internal/rooms/:roomId/messages", getReplay(pool));

  app.get("/audit", requireOperator(routes.operatorToken), getAudit(pool));

  const account = requireAccount(routes.verify);
  addRoomRoutes(app, account, routes);
  app.get("/:roomId/messages", account, getMessages(createPageReader(pool, isOpen), reads));
  app.patch("/:roomId/messages/:id", account, audited(routes, patchMessage(routes)));
  app.delete("/:roomId/messages/:id", account, audited(routes, removeMessage(routes)));
}

/** Questions of gateways about a thousand places are longer than what anybody else may say. */
const internalBodyBytesMax = "512kb";

/** Lets services in, and nobody else, before anything is read; then reads what they say. */
export function readInternal(serviceToken: string): RequestHandler {
  const internal = express.Router({ caseSensitive: true });
  internal.use("/internal", requireService(serviceToken), express.json({ limit: internalBodyBytesMax }));
  return internal;
}
