// PATCH and DELETE /{roomId}/messages/{id}: the author changes a message, and the room hears of it live (contracts §3).
import type { Bus } from "@parley/bus";
import { MessageEdit, parseContent, Refusal, RoomId, Uuid, type Channels, type MessageAnswer } from "@parley/contracts";
import { identityOf, type Log } from "@parley/service";
import type { Request, RequestHandler, Response } from "express";
import type { Pool } from "pg";
import { deleteMessage, editMessage, type Changed, type ChangeOf } from "../store/edits.ts";

export interface MessageOptions {
  pool: Pool;
  bus: Bus;
  channels: Channels;
  contentCodePointsMax: number;
  log: Log;
}

export function patchMessage(options: MessageOptions): RequestHandler {
  return async (request, response) => {
    const body = MessageEdit.safeParse(request.body);
    if (!body.success) throw new Refusal("INVALID", "not an edit");
    const content = parseContent(body.data.content, { codePointsMax: options.contentCodePointsMax });
    await answer(options, response, await editMessage(options.pool, parseChangeOf(request, response), content));
  };
}

export function removeMessage(options: MessageOptions): RequestHandler {
  return async (request, response) => {
    await answer(options, response, await deleteMessage(options.pool, parseChangeOf(request, response)));
  };
}

function parseChangeOf({ params }: Request, response: Response): ChangeOf {
  const roomId = RoomId.safeParse(params["roomId"]);
  const id = Uuid.safeParse(params["id"]);
  if (!roomId.success || !id.success) throw new Refusal("INVALID", "not a room's message");
  return { roomId: roomId.data, id: id.data, accountId: identityOf(response).accountId };
}

/** Committed is committed: gateways that miss the event find the change by the room's position. */
async function answer({ bus, channels, log }: MessageOptions, response: Response, { message, isChanged }: Changed) {
  if (isChanged)
    await bus
      .publish(channels.update, message.roomId, JSON.stringify(message))
      .catch((error: unknown) => log.warn({ err: error }, "a change was not published; gateways will fetch it"));
  const body: MessageAnswer = { message };
  response.json(body);
}
