// PATCH and DELETE /{roomId}/messages/{id}: a message is changed by its author, or
// deleted by a moderator, and the room hears of it live (contracts §3).
import type { Bus } from "@parley/bus";
import {
  MessageEdit,
  parseContent,
  Refusal,
  RoomId,
  Uuid,
  type MessageAnswer,
  type Partitioning,
} from "@parley/contracts";
import { identityOf, type Log } from "@parley/service";
import type { Request, RequestHandler, Response } from "express";
import type { Pool } from "pg";
import type { ChangeQueue } from "../change-queue.ts";
import type { ChangeRates } from "../change-rates.ts";
import { deleteMessage, editMessage, type Changed, type ChangeOf } from "../store/edits.ts";

export interface MessageOptions {
  pool: Pool;
  bus: Bus;
  partitioning: Partitioning;
  contentCodePointsMax: number;
  rates: ChangeRates;
  queue: ChangeQueue;
  /** As of ROOMS_AUTO_CREATE. */
  isOpen: boolean;
  /** Where a request comes from, as trusted proxies have it. */
  addressOf: (request: Request) => string;
  log: Log;
}

export function patchMessage(options: MessageOptions): RequestHandler {
  return async (request, response) => {
    const change = parseChangeOf(request, response, options);
    const body = MessageEdit.safeParse(request.body);
    if (!body.success) throw new Refusal("INVALID", "not an edit");
    const content = parseContent(body.data.content, { codePointsMax: options.contentCodePointsMax });
    await carryOut(options, response, change, () => editMessage(options.pool, change, content));
  };
}

export function removeMessage(options: MessageOptions): RequestHandler {
  return async (request, response) => {
    const change = parseChangeOf(request, response, options);
    await carryOut(options, response, change, () => deleteMessage(options.pool, change));
  };
}

function parseChangeOf(request: Request, response: Response, { isOpen, addressOf }: MessageOptions): ChangeOf {
  const { params } = request;
  const roomId = RoomId.safeParse(params["roomId"]);
  const id = Uuid.safeParse(params["id"]);
  if (!roomId.success || !id.success) throw new Refusal("INVALID", "not a room's message");
  const { accountId } = identityOf(response);
  return { roomId: roomId.data, id: id.data, accountId, address: addressOf(request), isOpen };
}

/** Committed is committed: gateways that miss the event find the change by the room's position. */
async function carryOut(
  { bus, partitioning, rates, queue, log }: MessageOptions,
  response: Response,
  { roomId, accountId }: ChangeOf,
  work: () => Promise<Changed>,
) {
  rates.spend(accountId);
  const { message, isChanged } = await queue.run(roomId, work);
  if (isChanged) {
    const { roomId: _, ...rest } = message;
    await bus
      .publish(partitioning.of(roomId).update, roomId, JSON.stringify({ roomId, ...rest }))
      .catch((error: unknown) => log.warn({ err: error }, "a change was not published; gateways will fetch it"));
  }
  const body: MessageAnswer = { message };
  response.json(body);
}
