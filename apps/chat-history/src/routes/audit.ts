// GET /audit: who did what to whom, for operators, the newest first (contracts §3).
import { AuditEvent, AuditQuery, type AuditPage } from "@parley/contracts";
import type { RequestHandler } from "express";
import type { Pool } from "pg";
import { readAudit } from "../store/audit.ts";
import { parse } from "./asking.ts";
import { pageOf, readListPage } from "./list-page.ts";

/** What a page ends with. */
const Key = AuditEvent.pick({ at: true, id: true });

export function getAudit(pool: Pool): RequestHandler {
  return async (request, response) => {
    const { cursor, limit, ...filter } = parse(AuditQuery, request.query, "not an audit query");
    const { items, nextCursor } = await readListPage(
      pageOf({ cursor, limit }),
      ({ after, limit: rows }) => readAudit(pool, filter, parseKey(after), rows),
      ({ at, id }) => `${at} ${id}`,
    );
    const body: AuditPage = { events: items, nextCursor };
    response.json(body);
  };
}

/** @throws Refusal INVALID */
function parseKey(key: string) {
  if (key === "") return undefined;
  const [at, id] = key.split(" ");
  return parse(Key, { at, id }, "not a cursor");
}
