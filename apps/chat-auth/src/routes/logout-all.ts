// POST /logout-all: ends every login of the account, this one too.
import { identityOf } from "@parley/service";
import type { RequestHandler } from "express";
import { endAndTell } from "../end-and-tell.ts";
import type { Parts } from "../parts.ts";
import { record } from "../store/audit.ts";
import { endLogins } from "../store/revocations.ts";

export function postLogoutAll(parts: Parts): RequestHandler {
  return async (request, response) => {
    const { accountId } = identityOf(response);
    await endAndTell(parts, "logout-all", async (tx) => {
      const ended = await endLogins(tx, accountId);
      const who = { actor: accountId, target: accountId, address: parts.addressOf(request) };
      await record(tx, { ...who, action: "login.ended", detail: `all ${ended.sids.length}` });
      return ended;
    });
    parts.cookie.clear(response);
    response.status(204).end();
  };
}
