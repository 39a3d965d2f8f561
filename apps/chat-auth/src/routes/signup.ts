// POST /signup: makes an account and signs it in.
import { Refusal, Signup } from "@parley/contracts";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import type { Parts } from "../parts.ts";
import { hashRefreshToken, makeRefreshToken } from "../refresh-token.ts";
import { createAccount } from "../store/accounts.ts";
import { openLogin } from "../store/logins.ts";

export function postSignup(parts: Parts): RequestHandler {
  const { db, passwords, loginSeconds, metrics } = parts;
  return async (request, response) => {
    const { email, password, nickname } = parseSignup(request.body);
    const passwordHash = await passwords.hash(password);
    const refreshToken = makeRefreshToken();
    const { account, sid } = await db.transaction(async (tx) => {
      const made = await createAccount(tx, { email, nickname, passwordHash });
      if (!made) throw new Refusal("CONFLICT", "the address is taken");
      const login = { accountId: made.id, tokenHash: hashRefreshToken(refreshToken), lifetimeSeconds: loginSeconds };
      return { account: made, sid: await openLogin(tx, login) };
    });
    metrics.signedUp();
    response.status(201);
    await answerSignedIn(response, parts, { account, sid, refreshToken });
  };
}

function parseSignup(body: unknown): Signup {
  const signup = Signup.safeParse(body);
  if (!signup.success) throw new Refusal("INVALID", `sign-up: ${signup.error.issues[0]?.path.join(".")}`);
  return signup.data;
}
