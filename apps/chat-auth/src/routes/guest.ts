// POST /guest: an account for who has only a name, where that is allowed.
import { GuestSignup, Refusal } from "@parley/contracts";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { signUp } from "../sign-in.ts";

export function postGuest(parts: Parts, isAllowed: boolean): RequestHandler {
  return async (request, response) => {
    if (!isAllowed) throw new Refusal("NOT_FOUND", "guests are not allowed");
    const { nickname } = parse(GuestSignup, request.body, "guest");
    const address = parts.addressOf(request);
    await parts.limits.signUp(address);
    const signedIn = await signUp(parts, { nickname }, address);
    response.status(201);
    await answerSignedIn(response, parts, signedIn);
  };
}
