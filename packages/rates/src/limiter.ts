// One limit: counts where all instances see it, or here while they cannot. It must not know how Redis is reached.
import { createHash } from "node:crypto";
import { Refusal } from "@parley/contracts";
import { RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from "rate-limiter-flexible";
import { createLocalCounts } from "./local-counts.ts";
import type { SharedClient, SharedStore } from "./shared-store.ts";

export interface LimiterOptions {
  /** Of `a-z 0-9 -`. Limiters of one name share their counts over all instances. */
  name: string;
  /** How many may be taken of one key in a window. */
  points: number;
  /** Length of a window, which begins with the first that is taken; a whole number. */
  seconds: number;
}

export interface Limiter {
  /** @throws Refusal RATE_LIMITED with `retryAfterMs` if that is more than is left */
  take(key: string, points?: number): Promise<void>;
  /** Takes nothing. @throws Refusal RATE_LIMITED with `retryAfterMs` if nothing is left */
  check(key: string): Promise<void>;
  /** Gives back what was taken; nobody has more for it than `points`. */
  give(key: string, points?: number): Promise<void>;
  /** Gives back all that was taken. */
  reset(key: string): Promise<void>;
}

type Question<T> = (limiter: RateLimiterAbstract, key: string) => Promise<T>;

export function createLimiter({ name, points, seconds }: LimiterOptions, store?: SharedStore): Limiter {
  const counting = { keyPrefix: `parley:rate:${name}`, points, duration: seconds };
  const local = createLocalCounts(counting);
  const shared = new WeakMap<SharedClient, RateLimiterRedis>();

  function sharedOn(client: SharedClient): RateLimiterRedis {
    const limiter = shared.get(client) ?? new RateLimiterRedis({ ...counting, storeClient: client });
    shared.set(client, limiter);
    return limiter;
  }

  async function ask<T>(key: string, question: Question<T>): Promise<T> {
    const hashed = hash(key);
    const askLocal = () => question(local.of(hashed), hashed);
    return store === undefined ? askLocal() : store.ask((client) => question(sharedOn(client), hashed), askLocal);
  }

  function refuse({ msBeforeNext }: RateLimiterRes): never {
    throw new Refusal("RATE_LIMITED", `${name}: too many`, { retryAfterMs: Math.max(1, msBeforeNext) });
  }

  return {
    async take(key, count = 1) {
      try {
        await ask(key, (limiter, hashed) => limiter.consume(hashed, count));
      } catch (error) {
        if (error instanceof RateLimiterRes) refuse(error);
        throw error;
      }
    },
    async check(key) {
      const taken = await ask(key, (limiter, hashed) => limiter.get(hashed));
      if (taken !== null && taken.consumedPoints >= points && taken.msBeforeNext > 0) refuse(taken);
    },
    async give(key, count = 1) {
      // When its window is over, what was taken is gone already.
      await ask(key, async (limiter, hashed) => {
        const { consumedPoints } = await limiter.reward(hashed, count);
        if (consumedPoints < 0) await limiter.delete(hashed);
      });
    },
    async reset(key) {
      await ask(key, (limiter, hashed) => limiter.delete(hashed));
    },
  };
}

/** Of one length and alphabet, whatever is given: an address or account can neither be another key nor break one. */
function hash(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}
