// The public keys of another process: kept, refreshed, and kept on when that process is away.
// jose fetches, shares a fetch under way and picks the key; when to ask is decided here, because jose counts its
// pause from the last fetch that succeeded and drops keys it cannot refresh.
import { setTimeout as delay } from "node:timers/promises";
import { Refusal } from "@parley/contracts";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

interface KeyPace {
  /** Shortest pause between two fetches once keys are held, whatever they are for and however they end. */
  pauseMs: number;
  /** How many tokens may wait for the end of a pause. */
  waitingMax: number;
}

const fetchMs = 2_000;
/** Keys older than this are fetched again, while the old ones go on serving. */
const freshMs = 10 * 60_000;
const usualPace: KeyPace = { pauseMs: 10_000, waitingMax: 1_000 };

/** Where chat-auth publishes its keys (contracts §4). */
export function jwksUrlOf(authUrl: string): string {
  return `${authUrl.replace(/\/$/, "")}/.well-known/jwks.json`;
}

/**
 * Finds the key of a token. A token whose key is not held waits until keys may be fetched again: it may be the first of a
 * new key, published since. Whoever floods us with names of keys that do not exist therefore costs one fetch in `pauseMs`
 * and `waitingMax` waiting tokens, and nobody whose key was published `pauseMs` before its first token ever waits: either
 * the latest fetch brought it, or that was so long ago that it is fetched at once.
 * @throws Refusal UNAVAILABLE when the keys cannot be fetched, or too many wait, and the key is not among those held;
 *   jose's errors
 */
export function createRemoteKeys(url: string, { pauseMs, waitingMax } = usualPace): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: fetchMs,
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
  });
  let fetchedAt = -Infinity;
  let askedAt = -Infinity;
  let failure: Refusal | undefined;
  let waiting = 0;
  let next: Promise<void> | undefined;

  async function ask(): Promise<void> {
    if (!remote.reloading) askedAt = performance.now();
    try {
      await remote.reload();
    } catch (error) {
      failure = new Refusal("UNAVAILABLE", `no public keys: ${error instanceof Error ? error.message : "no answer"}`);
      throw failure;
    }
    failure = undefined;
    fetchedAt = performance.now();
  }

  const untilNextMs = () => Math.max(0, askedAt + pauseMs - performance.now());

  async function askAfterPause(): Promise<void> {
    await delay(untilNextMs(), undefined, { ref: false });
    next = undefined;
    await ask();
  }

  async function waitForNext(): Promise<void> {
    if (waiting >= waitingMax)
      throw new Refusal("UNAVAILABLE", "too many tokens wait for their keys", { retryAfterMs: untilNextMs() });
    waiting++;
    try {
      await (next ??= askAfterPause());
    } finally {
      waiting--;
    }
  }

  return async (header, token) => {
    if (fetchedAt === -Infinity) await ask();
    else if (performance.now() - fetchedAt >= freshMs && untilNextMs() === 0) ask().catch(() => {}); // It is asked again later.
    try {
      return await remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (remote.reloading || untilNextMs() === 0) await ask();
      else if (failure) throw failure;
      else await waitForNext();
      return remote(header, token);
    }
  };
}
