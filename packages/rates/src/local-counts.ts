// Counts of this process, of so many keys at most. It must not know why they are not shared.
import { RateLimiterMemory, type IRateLimiterOptions } from "rate-limiter-flexible";

export interface LocalCounts {
  /** Where this key is counted. */
  of(key: string): RateLimiterMemory;
}

/** Beyond, the key that was used least recently is forgotten: a few megabytes for each limit. */
const keysMaxDefault = 10_000;

export function createLocalCounts(options: IRateLimiterOptions, keysMax = keysMaxDefault): LocalCounts {
  const counts = new RateLimiterMemory(options);
  /** In the order of their latest use. */
  const keys = new Set<string>();
  return {
    of(key) {
      keys.delete(key);
      keys.add(key);
      const [oldest] = keys;
      if (keys.size > keysMax && oldest !== undefined) {
        keys.delete(oldest);
        void counts.delete(oldest);
      }
      return counts;
    },
  };
}
