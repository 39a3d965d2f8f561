// GET /me, PATCH /me: the account of the access token, for as long as its login goes on.
import { AccountEdit, Refusal, type Account } from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { RequestHandler } from "express";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { noteChange } from "../store/account-changes.ts";
import { findAccountOfLogin, setNickname } from "../store/accounts.ts";
import { record } from "../store/audit.ts";

export function getMe({ db }: Parts): RequestHandler {
  return async (_request, response) => {
    const account = await findAccountOfLogin(db, identityOf(response).sid);
    if (!account) throw new Refusal("UNAUTHENTICATED", "the login has ended");
    const { id, email, nickname } = account;
    const answer: Account = { id, email, nickname };
    response.json(answer);
  };
}

/** Access tokens carry the new name from the next refresh on. */
export function patchMe({ db, addressOf }: Parts): RequestHandler {
  return async (request, response) => {
    const { nickname } = parse(AccountEdit, request.body, "account edit");
    const { accountId } = identityOf(response);
    const account = await db.transaction(async (tx) => {
      const renamed = await setNickname(tx, accountId, nickname);
      if (!renamed) throw new Refusal("UNAUTHENTICATED", "the account was deleted");
      await noteChange(tx, accountId);
      const who = { actor: accountId, target: accountId, address: addressOf(request) };
      await record(tx, { ...who, action: "account.renamed" });
      return renamed;
    });
    response.json(account);
  };
}
