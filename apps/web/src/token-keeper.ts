// Keeps one access token fresh, in memory. It does not know where tokens come from.
import type { ChatOptions } from "@parley/client";
import type { LoginAnswer } from "@parley/contracts";

/** A token with less time left than this, or than this part of its time, is replaced before it is given out. */
const restMsMin = 60_000;
const restMin = 0.25;

export type Token = Pick<LoginAnswer, "accessToken" | "expiresIn">;

interface TokenKeeperOptions {
  first: Token;
  /** Asked once at a time, however many wait for it; what it throws is theirs, and the next caller asks again. */
  renew: () => Promise<Token>;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Resolves to a token with time left; to another one than the last if `fresh`. */
export function createTokenKeeper({ first, renew, now = Date.now }: TokenKeeperOptions): ChatOptions["getToken"] {
  let token = keep(first);
  let renewing: Promise<string> | undefined;

  function keep({ accessToken, expiresIn }: Token) {
    const lastsMs = expiresIn * 1_000;
    return { text: accessToken, goodUntil: now() + lastsMs - Math.min(restMsMin, lastsMs * restMin) };
  }

  async function replace() {
    token = keep(await renew());
    return token.text;
  }

  return async ({ fresh }) => {
    if (!fresh && now() < token.goodUntil) return token.text;
    renewing ??= replace().finally(() => (renewing = undefined));
    return renewing;
  };
}
