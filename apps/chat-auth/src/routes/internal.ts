// What the other services follow (contracts §4, internal): logins that ended, names, what is for the audit log.
import { OutboxQuery } from "@parley/contracts";
import type { RequestHandler } from "express";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { readAccountChanges } from "../store/account-changes.ts";
import { readAudit } from "../store/audit.ts";
import { readRevocations } from "../store/revocations.ts";

/** GET /internal/revocations?after= */
export function getRevocations({ db }: Parts): RequestHandler {
  return answerPage((after) => readRevocations(db, after));
}

/** GET /internal/accounts/changes?after= */
export function getAccountChanges({ db }: Parts): RequestHandler {
  return answerPage((after) => readAccountChanges(db, after));
}

/** GET /internal/audit?after= */
export function getAudit({ db }: Parts): RequestHandler {
  return answerPage((after) => readAudit(db, after));
}

function answerPage(read: (after: number) => Promise<unknown>): RequestHandler {
  return async (request, response) => {
    const { after } = parse(OutboxQuery, request.query, "outbox query");
    response.json(await read(after));
  };
}
