// POST /logout: ends the login of the refresh cookie or, for clients that keep no cookies, of the access token.
import { Refusal } from "@parley/contracts";
import { parseBearer } from "@parley/service";
import type { RequestHandler } from "express";
import type { Parts } from "../parts.ts";
import { hashRefreshToken } from "../refresh-token.ts";
import { endLogin, endLoginOfToken } from "../store/logins.ts";

/** A cookie that means nothing any more is no fault: whoever logs out twice is logged out. */
export function postLogout({ db, cookie, verifier }: Parts): RequestHandler {
  return async (request, response) => {
    const refreshToken = cookie.read(request);
    const accessToken = parseBearer(request.get("authorization"));
    if (refreshToken !== undefined) await endLoginOfToken(db, hashRefreshToken(refreshToken));
    else if (accessToken !== undefined) await endLogin(db, (await verifier.verify(accessToken)).sid);
    else throw new Refusal("UNAUTHENTICATED", "neither cookie nor token");
    cookie.clear(response);
    response.status(204).end();
  };
}
