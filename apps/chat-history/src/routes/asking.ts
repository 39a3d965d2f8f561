// What a request about rooms says of who asks, and of what.
import { AccountId, Refusal, RoomId } from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { Request, Response } from "express";
import type { z } from "zod";
import type { Actor } from "../rooms/rules.ts";

/** @param addressOf as trusted proxies have it */
export function actorOf(request: Request, response: Response, addressOf: (request: Request) => string): Actor {
  const { accountId, name } = identityOf(response);
  return { accountId, name, address: addressOf(request) };
}

/** @throws Refusal INVALID */
export function roomIdOf({ params }: Request): string {
  return parse(RoomId, params["roomId"], "not a room id");
}

/** @throws Refusal INVALID */
export function accountIdOf({ params }: Request): string {
  return parse(AccountId, params["accountId"], "not an account id");
}

/** @throws Refusal INVALID */
export function parse<S extends z.ZodType>(shape: S, value: unknown, detail: string): z.infer<S> {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Refusal("INVALID", detail);
  return parsed.data;
}
