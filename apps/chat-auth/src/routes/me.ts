// GET /me: the account of the access token, for as long as its login goes on.
import { Refusal, type Account } from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { RequestHandler } from "express";
import type { Parts } from "../parts.ts";
import { findAccountOfLogin } from "../store/accounts.ts";

export function getMe({ db }: Parts): RequestHandler {
  return async (_request, response) => {
    const account: Account | undefined = await findAccountOfLogin(db, identityOf(response).sid);
    if (!account) throw new Refusal("UNAUTHENTICATED", "the login has ended");
    response.json(account);
  };
}
