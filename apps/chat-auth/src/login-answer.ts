// What a signed-in client is given: an access token in the body, the refresh token in its cookie.
import type { Account, LoginAnswer } from "@parley/contracts";
import type { Response } from "express";
import type { Parts } from "./parts.ts";

export interface SignedIn {
  account: Account;
  sid: string;
  refreshToken: string;
}

export async function answerSignedIn(
  response: Response,
  { keys, cookie }: Pick<Parts, "keys" | "cookie">,
  { account, sid, refreshToken }: SignedIn,
): Promise<void> {
  const { token, expiresIn } = await keys.sign({ accountId: account.id, name: account.nickname, sid });
  cookie.set(response, refreshToken);
  const answer: LoginAnswer = { accessToken: token, expiresIn, account };
  response.json(answer);
}
