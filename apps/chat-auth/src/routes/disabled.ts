// PUT and DELETE /accounts/{id}/disabled: operators keep somebody out, and let them in again.
import { Refusal, Uuid } from "@parley/contracts";
import type { Request, RequestHandler } from "express";
import { endAndTell } from "../end-and-tell.ts";
import type { Parts } from "../parts.ts";
import { lockAccount, setDisabled } from "../store/accounts.ts";
import { record } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { endLogins } from "../store/revocations.ts";

export function putDisabled(parts: Parts): RequestHandler {
  return async (request, response) => {
    const accountId = parseId(request);
    await endAndTell(parts, "disabled", async (tx) => {
      const isDisabled = await lockAndTell(tx, accountId);
      if (!isDisabled) await setDisabled(tx, accountId, true);
      const ended = await endLogins(tx, accountId);
      if (!isDisabled)
        await record(tx, { action: "account.disabled", target: accountId, address: parts.addressOf(request) });
      return ended;
    });
    response.status(204).end();
  };
}

export function deleteDisabled({ db, addressOf }: Parts): RequestHandler {
  return async (request, response) => {
    const accountId = parseId(request);
    await db.transaction(async (tx) => {
      if (!(await lockAndTell(tx, accountId))) return;
      await setDisabled(tx, accountId, false);
      await record(tx, { action: "account.enabled", target: accountId, address: addressOf(request) });
    });
    response.status(204).end();
  };
}

/** Whether the account is disabled now. */
async function lockAndTell(tx: Database, accountId: string): Promise<boolean> {
  const account = await lockAccount(tx, accountId, "no key update");
  if (!account) throw new Refusal("NOT_FOUND", "no such account");
  return account.disabledAt !== null;
}

function parseId(request: Request): string {
  const id = Uuid.safeParse(request.params["id"]);
  if (!id.success) throw new Refusal("NOT_FOUND", "not an account of ours");
  return id.data;
}
