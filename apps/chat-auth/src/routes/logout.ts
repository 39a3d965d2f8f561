// POST /logout: ends the login of the refresh cookie or, for clients that keep no cookies, of the access token.
import { Refusal } from "@parley/contracts";
import { parseBearer } from "@parley/service";
import { eq } from "drizzle-orm";
import type { Request, RequestHandler } from "express";
import { endAndTell } from "../end-and-tell.ts";
import type { Parts } from "../parts.ts";
import { hashRefreshToken } from "../refresh-token.ts";
import { record } from "../store/audit.ts";
import { findLoginOfToken } from "../store/logins.ts";
import { endLogins } from "../store/revocations.ts";
import { login } from "../store/schema.ts";

/** A cookie that means nothing any more is no fault: whoever logs out twice is logged out. */
export function postLogout(parts: Parts): RequestHandler {
  const { db, cookie, verify, addressOf } = parts;

  async function findLogin(request: Request) {
    const refreshToken = cookie.read(request);
    if (refreshToken !== undefined) return findLoginOfToken(db, hashRefreshToken(refreshToken));
    const accessToken = parseBearer(request.get("authorization"));
    if (accessToken === undefined) throw new Refusal("UNAUTHENTICATED", "neither cookie nor token");
    return verify(accessToken);
  }

  return async (request, response) => {
    const found = await findLogin(request);
    if (found)
      await endAndTell(parts, "logout", async (tx) => {
        const { accountId: target, sid } = found;
        const ended = await endLogins(tx, target, eq(login.id, sid));
        const isEnded = ended.sids.length > 0;
        if (isEnded) await record(tx, { action: "login.ended", actor: target, target, address: addressOf(request) });
        return ended;
      });
    cookie.clear(response);
    response.status(204).end();
  };
}
