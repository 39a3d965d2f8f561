// PUT /me/password: another password. All other logins end, and this one gets another refresh token.
import { PasswordChange, Refusal } from "@parley/contracts";
import { identityOf } from "@parley/service";
import { ne } from "drizzle-orm";
import type { RequestHandler } from "express";
import { endAndTell } from "../end-and-tell.ts";
import { answerSignedIn } from "../login-answer.ts";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { refuseGuessable } from "../password-rules.ts";
import { recognise } from "../recognise.ts";
import { hashRefreshToken, makeRefreshToken } from "../refresh-token.ts";
import { lockAccount, setPassword } from "../store/accounts.ts";
import { record } from "../store/audit.ts";
import { renewLogin } from "../store/logins.ts";
import { endLogins } from "../store/revocations.ts";
import { login } from "../store/schema.ts";

export function putPassword(parts: Parts): RequestHandler {
  const { passwords, loginSeconds: lifetimeSeconds, addressOf } = parts;
  return async (request, response) => {
    const { current, password } = parse(PasswordChange, request.body, "password change");
    const identity = identityOf(response);
    const { sid } = identity;
    const address = addressOf(request);
    const known = await recognise(parts, identity, { password: current, address });
    if (known.passwordHash === null) throw new Refusal("FORBIDDEN", "this account has no password");
    refuseGuessable(password, known);
    const passwordHash = await passwords.hash(password);
    const refreshToken = makeRefreshToken();
    await endAndTell(parts, "password", async (tx) => {
      const account = await lockAccount(tx, known.id, "no key update");
      if (account?.passwordHash !== known.passwordHash) throw new Refusal("FORBIDDEN", "changed meanwhile");
      await setPassword(tx, known.id, passwordHash);
      const isRenewed = await renewLogin(tx, { sid, nextHash: hashRefreshToken(refreshToken), lifetimeSeconds });
      if (!isRenewed) throw new Refusal("UNAUTHENTICATED", "the login has ended");
      const ended = await endLogins(tx, known.id, ne(login.id, sid));
      const who = { actor: known.id, target: known.id, address };
      await record(tx, { ...who, action: "password.changed" });
      return ended;
    });
    const { id, email, nickname } = known;
    await answerSignedIn(response, parts, { account: { id, email, nickname }, sid, refreshToken });
  };
}
