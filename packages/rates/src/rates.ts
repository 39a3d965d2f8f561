// Rate limits over all instances: so many in so many seconds, for each key. It must not know what is limited.
import type { Log } from "@parley/service";
import { createLimiter, type Limiter, type LimiterOptions } from "./limiter.ts";
import { openSharedStore } from "./shared-store.ts";

export type { Limiter, LimiterOptions } from "./limiter.ts";

export interface RatesOptions {
  /** As REDIS_URL has it. Without, each process counts for itself. */
  redisUrl?: string | undefined;
  log: Log;
  /** What CLIENT LIST shows of our connection. Without spaces. */
  clientName?: string;
}

export interface Rates {
  limiter(options: LimiterOptions): Limiter;
  close(): void;
}

/**
 * Counts are kept in Redis. While it is away each process counts for itself, so that nobody is locked out; no call waits
 * for it longer than 250 ms. Nothing is thrown here because Redis is away.
 */
export function createRates({ redisUrl, log, clientName = "parley:rates" }: RatesOptions): Rates {
  const store = redisUrl === undefined ? undefined : openSharedStore(redisUrl, clientName, log);
  return {
    limiter: (options) => createLimiter(options, store),
    close: () => store?.close(),
  };
}
