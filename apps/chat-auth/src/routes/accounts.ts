// GET /accounts, GET /accounts/{id}: other people, as screens show them. No addresses.
import { AccountsQuery, Refusal, Uuid, type AccountsPage, type PublicAccountAnswer } from "@parley/contracts";
import type { RequestHandler } from "express";
import { z } from "zod";
import { parse } from "../parse.ts";
import type { Parts } from "../parts.ts";
import { findAccounts, findPublicAccount, type Found } from "../store/directory.ts";

/** Nothing that PostgreSQL does not take. */
const Cursor = z.tuple([z.string().regex(/^[^\0\p{Cs}]*$/u), Uuid]);

export function getAccounts({ db }: Parts): RequestHandler {
  return async (request, response) => {
    const { query, cursor, limit } = parse(AccountsQuery, request.query, "accounts query");
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const found = await findAccounts(db, { prefix: query, after, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    const answer: AccountsPage = {
      accounts: shown.map(({ id, nickname }) => ({ id, nickname })),
      nextCursor: last ? formatCursor(last) : null,
    };
    response.json(answer);
  };
}

export function getAccount({ db }: Parts): RequestHandler {
  return async (request, response) => {
    const id = Uuid.safeParse(request.params["id"]);
    const account = id.success ? await findPublicAccount(db, id.data) : undefined;
    if (!account) throw new Refusal("NOT_FOUND", "no such account");
    const answer: PublicAccountAnswer = { account };
    response.json(answer);
  };
}

function formatCursor({ folded, id }: Found): string {
  return Buffer.from(JSON.stringify([folded, id])).toString("base64url");
}

function parseCursor(text: string): Pick<Found, "folded" | "id"> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    // As one of another form.
  }
  const [folded, id] = parse(Cursor, value, "cursor");
  return { folded, id };
}
