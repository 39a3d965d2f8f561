// POST /signup: makes an account and signs it in.
import { Signup } from "@parley/contracts";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import { refuseGuessable } from "../password-rules.ts";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { signUp } from "../sign-in.ts";

export function postSignup(parts: Parts): RequestHandler {
  const { passwords, addressOf, limits } = parts;
  return async (request, response) => {
    const { email, password, nickname } = parse(Signup, request.body, "sign-up");
    refuseGuessable(password, { email, nickname });
    const address = addressOf(request);
    await limits.signUp(address);
    const passwordHash = await passwords.hash(password);
    const signedIn = await signUp(parts, { email, nickname, passwordHash }, address);
    response.status(201);
    await answerSignedIn(response, parts, signedIn);
  };
}
