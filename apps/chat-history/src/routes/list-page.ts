// Lists over HTTP, a page at a time: a cursor names what the page before ended with. It does not know what is listed.
import { ListQuery, Refusal } from "@parley/contracts";
import type { Request } from "express";
import type { ListPage } from "../store/room-members.ts";
import { parse } from "./asking.ts";

/** @throws Refusal INVALID */
export function parseListPage(request: Request): ListPage {
  return pageOf(parse(ListQuery, request.query, "not a list query"));
}

/** @throws Refusal INVALID */
export function pageOf({ cursor, limit }: ListQuery): ListPage {
  return { after: cursor === undefined ? "" : parseCursor(cursor), limit };
}

/** @param read reads so many; one more than asked for tells whether there are more */
export async function readListPage<T>(
  { after, limit }: ListPage,
  read: (page: ListPage) => Promise<T[]>,
  keyOf: (item: T) => string,
): Promise<{ items: T[]; nextCursor: string | null }> {
  const found = await read({ after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : formatCursor(keyOf(last)) };
}

function formatCursor(key: string): string {
  return Buffer.from(key).toString("base64url");
}

/** Only what we would have written ourselves: nothing that PostgreSQL cannot take. */
function parseCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString();
  if (formatCursor(key) !== cursor || /\p{Cc}/u.test(key)) throw new Refusal("INVALID", "not a cursor");
  return key;
}
