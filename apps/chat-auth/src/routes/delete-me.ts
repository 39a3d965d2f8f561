// DELETE /me: the account is no more. What it wrote keeps its place; its address may be used again.
import { AccountDeletion, Refusal } from "@parley/contracts";
import { identityOf } from "@parley/service";
import type { RequestHandler } from "express";
import { endAndTell } from "../end-and-tell.ts";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { recognise } from "../recognise.ts";
import { noteChange } from "../store/account-changes.ts";
import { eraseAccount, lockAccount } from "../store/accounts.ts";
import { record } from "../store/audit.ts";
import { endLogins } from "../store/revocations.ts";

export function deleteMe(parts: Parts): RequestHandler {
  return async (request, response) => {
    const { password } = parse(AccountDeletion, request.body ?? {}, "account deletion");
    const address = parts.addressOf(request);
    const { id, passwordHash } = await recognise(parts, identityOf(response), { password, address });
    await endAndTell(parts, "deleted", async (tx) => {
      const account = await lockAccount(tx, id, "no key update");
      if (account?.passwordHash !== passwordHash) throw new Refusal("FORBIDDEN", "changed meanwhile");
      await eraseAccount(tx, id);
      const ended = await endLogins(tx, id);
      await noteChange(tx, id);
      await record(tx, { action: "account.deleted", actor: id, target: id, address });
      return ended;
    });
    parts.cookie.clear(response);
    response.status(204).end();
  };
}
