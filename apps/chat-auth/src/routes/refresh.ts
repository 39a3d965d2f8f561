// POST /refresh: a new access token, and a new refresh token for the one in the cookie, which is then used up.
import { Refusal } from "@parley/contracts";
import type { Log } from "@parley/service";
import type { RequestHandler } from "express";
import { answerSignedIn } from "../login-answer.ts";
import type { Parts } from "../parts.ts";
import { hashRefreshToken, makeRefreshToken } from "../refresh-token.ts";
import { record } from "../store/audit.ts";
import { findLoginOfToken, rotate, type Rotated } from "../store/logins.ts";

/**
 * A token that comes in again while it is being used here is refused, no more: its sender could not know. Afterwards
 * it counts as copied, and its login ends. A refusal leaves the cookie alone: another tab may have renewed it.
 */
export function postRefresh(parts: Parts, log: Log): RequestHandler {
  const { db, cookie, loginSeconds, addressOf, announcer, limits, metrics } = parts;
  const underWay = new Set<string>();

  async function use(shown: string, refreshToken: string, address: string): Promise<Rotated> {
    const [tokenHash, nextHash] = [hashRefreshToken(shown), hashRefreshToken(refreshToken)];
    const found = await findLoginOfToken(db, tokenHash);
    if (found) await limits.refresh(found.sid);
    return db.transaction(async (tx) => {
      const rotated = await rotate(tx, { tokenHash, nextHash, lifetimeSeconds: loginSeconds });
      if (rotated.outcome === "reused")
        await record(tx, { action: "login.reused", target: rotated.ended.accountId, address });
      return rotated;
    });
  }

  async function useOnce(shown: string, refreshToken: string, address: string): Promise<Rotated> {
    if (underWay.has(shown)) return { outcome: "refused" };
    underWay.add(shown);
    return use(shown, refreshToken, address).finally(() => underWay.delete(shown));
  }

  return async (request, response) => {
    const shown = cookie.read(request);
    if (shown === undefined) throw new Refusal("UNAUTHENTICATED", "no refresh token");
    const refreshToken = makeRefreshToken();
    const rotated = await useOnce(shown, refreshToken, addressOf(request));
    metrics.refreshed(rotated.outcome);
    if (rotated.outcome === "reused") {
      announcer.announce("reused", rotated.ended);
      log.warn({ sid: rotated.sid }, "a refresh token was used twice: login ended");
    }
    if (rotated.outcome !== "rotated") throw new Refusal("UNAUTHENTICATED", `refresh token ${rotated.outcome}`);
    await answerSignedIn(response, parts, { account: rotated.account, sid: rotated.sid, refreshToken });
  };
}
