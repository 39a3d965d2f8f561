// Gives an open connection a fresh token when the server says that its own runs out, again and again until it is taken: no
// connection need end for a token. It does not know where tokens come from.
import { destinations, type AuthSend, type ChatRejected } from "@parley/contracts";
import type { ChatOptions } from "./api.ts";
import { backOffMs } from "./back-off.ts";
import { codeOf } from "./chat-error.ts";
import type { Link } from "./link.ts";
import { sleep } from "./sleep.ts";

/** The server answers within 10 s (G-9). */
const answerMsMax = 20_000;
/** A random part of the time that is left, up to this one, passes first: a thousand pages do not come at once. */
const spreadMax = 0.25;

export interface TokenRenewalOptions {
  getToken: ChatOptions["getToken"];
  /** There is no token for this account any more. */
  onSignedOut: () => void;
}

type Sending = Pick<Link, "send">;

export interface TokenRenewal {
  connected(link: Sending): void;
  disconnected(): void;
  rejected(rejection: ChatRejected): void;
}

export function createTokenRenewal({ getToken, onSignedOut }: TokenRenewalOptions): TokenRenewal {
  let link: Sending | undefined;
  let ending = new AbortController();
  let isRenewing = false;
  let asked: { receiptId: string; answer: (isTaken: boolean) => void } | undefined;

  async function renew(on: Sending, leftMs: number, signal: AbortSignal) {
    await sleep(Math.random() * spreadMax * leftMs, signal);
    for (let failures = 0; !signal.aborted; await sleep(backOffMs(++failures), signal)) {
      try {
        const token = await getToken({ fresh: true });
        if (signal.aborted || (await hand(on, token))) return;
      } catch (error) {
        if (codeOf(error) !== "UNAUTHENTICATED" || signal.aborted) continue;
        return onSignedOut();
      }
    }
  }

  /** Whether the server has taken it. */
  async function hand(on: Sending, token: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const body: AuthSend = { token };
    asked = { receiptId: on.send(destinations.auth, body, () => resolve(true)), answer: resolve };
    const timer = setTimeout(() => resolve(false), answerMsMax);
    const isTaken = await promise;
    clearTimeout(timer);
    return isTaken;
  }

  return {
    connected(next) {
      link = next;
      ending = new AbortController();
      isRenewing = false;
    },
    disconnected() {
      link = undefined;
      ending.abort();
      asked?.answer(false);
    },
    rejected({ code, receiptId, expiresInMs = 0 }) {
      if (receiptId !== undefined && receiptId === asked?.receiptId) return asked.answer(false);
      if (code !== "TOKEN_EXPIRED" || !link || isRenewing) return;
      isRenewing = true;
      const { signal } = ending;
      void renew(link, expiresInMs, signal).finally(() => {
        if (!signal.aborted) isRenewing = false;
      });
    },
  };
}
