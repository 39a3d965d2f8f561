// POST /login: signs in by address and password. What it answers, and when, is the same for every wrong pair.
import { Login, Refusal, Signup } from "@parley/contracts";
import { addressKey } from "@parley/service";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { signIn } from "../sign-in.ts";
import { findAccountByEmail, foldEmail } from "../store/accounts.ts";
import { record } from "../store/audit.ts";
import { knowsAddress } from "../store/login-addresses.ts";

/** Asked about where there is no account, so that it takes as long. */
const nobody = "00000000-0000-0000-0000-000000000000";

export function postLogin(parts: Parts): RequestHandler {
  const { db, passwords, addressOf, limits, metrics } = parts;

  async function refuse(refusal: Refusal, target: string | null, address: string): Promise<never> {
    metrics.loggedIn("refused");
    await db.transaction((tx) => record(tx, { action: "login.refused", target, address }));
    throw refusal;
  }

  return async (request, response) => {
    const { email, password } = parse(Login, request.body, "login");
    const address = addressOf(request);
    // What could not be signed up is nobody's address, and may hold what PostgreSQL does not take (NUL).
    const known = Signup.shape.email.safeParse(email).success ? await findAccountByEmail(db, email) : undefined;
    const isKnownAddress = await knowsAddress(db, known?.id ?? nobody, addressKey(address));
    const matches = await limits.attempt({ address, account: foldEmail(email), isKnownAddress }, () =>
      passwords.matches(password, known?.passwordHash ?? undefined),
    );
    if (!known || !matches)
      return refuse(new Refusal("UNAUTHENTICATED", "wrong address or password"), known?.id ?? null, address);
    if (known.disabledAt) return refuse(new Refusal("FORBIDDEN", "the account is disabled"), known.id, address);
    const signedIn = await signIn(parts, known.id, address, (account) => account.passwordHash === known.passwordHash);
    metrics.loggedIn("accepted");
    await answerSignedIn(response, parts, signedIn);
  };
}
