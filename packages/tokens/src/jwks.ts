// The public keys of another process: kept, refreshed, and kept on when that process is away.
// jose fetches, shares a fetch under way and picks the key; when to ask is decided here, because jose counts its
// pause from the last fetch that succeeded and drops keys it cannot refresh.
import { Refusal } from "@parley/contracts";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from "jose";

const fetchMs = 2_000;
/** Keys older than this are fetched again, while the old ones go on serving. */
const freshMs = 10 * 60_000;
/** Shortest pause between two fetches once keys are held, whatever they are for and however they end. */
const pauseMs = 10_000;

/** Where chat-auth publishes its keys (contracts §4). */
export function jwksUrlOf(authUrl: string): string {
  return `${authUrl.replace(/\/$/, "")}/.well-known/jwks.json`;
}

/**
 * Finds the key of a token. One whose key is not held is refused within a pause, so that names of keys that do not exist
 * cost one fetch in 10 s. Nobody whose key was published 11 s before its first token is refused by that (KEY_LEAD_SECONDS):
 * either the latest fetch brought it, or that was so long ago that it is fetched now.
 * @throws Refusal UNAVAILABLE when the keys cannot be fetched, and the key is not among those held; jose's errors
 */
export function createRemoteKeys(url: string): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: fetchMs,
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
  });
  let fetchedAt = -Infinity;
  let askedAt = -Infinity;
  let failure: Refusal | undefined;

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

  const mayAsk = () => performance.now() - askedAt >= pauseMs;

  return async (header, token) => {
    if (fetchedAt === -Infinity) await ask();
    else if (performance.now() - fetchedAt >= freshMs && mayAsk()) ask().catch(() => {}); // It is asked again later.
    try {
      return await remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (remote.reloading || mayAsk()) await ask();
      else throw failure ?? error;
      return remote(header, token);
    }
  };
}
