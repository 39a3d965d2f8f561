// POST /login: signs in by address and password. What it answers, and when, is the same for every wrong pair.
import { Login, Refusal, Signup } from "@parley/contracts";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import type { Parts } from "../parts.ts";
import { hashRefreshToken, makeRefreshToken } from "../refresh-token.ts";
import { findAccountByEmail } from "../store/accounts.ts";
import { openLogin } from "../store/logins.ts";

export function postLogin(parts: Parts): RequestHandler {
  const { db, passwords, loginSeconds, metrics } = parts;
  return async (request, response) => {
    const login = Login.safeParse(request.body);
    if (!login.success) throw new Refusal("INVALID", `login: ${login.error.issues[0]?.path.join(".")}`);
    const { email, password } = login.data;
    // What could not be signed up is nobody's address, and may hold what PostgreSQL does not take (NUL).
    const known = Signup.shape.email.safeParse(email).success ? await findAccountByEmail(db, email) : undefined;
    const matches = await passwords.matches(password, known?.passwordHash);
    metrics.loggedIn(known && matches ? "accepted" : "refused");
    if (!known || !matches) throw new Refusal("UNAUTHENTICATED", "wrong address or password");
    const { passwordHash: _, ...account } = known;
    const refreshToken = makeRefreshToken();
    const sid = await openLogin(db, {
      accountId: account.id,
      tokenHash: hashRefreshToken(refreshToken),
      lifetimeSeconds: loginSeconds,
    });
    await answerSignedIn(response, parts, { account, sid, refreshToken });
  };
}
