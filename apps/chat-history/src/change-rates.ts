// How often each account may change messages on this instance. It does not know what a change is.
import { Refusal } from "@parley/contracts";
import { Bucket } from "@parley/service";

export interface ChangeRates {
  /** Counts one. @throws Refusal RATE_LIMITED */
  spend(accountId: string): void;
}

/** Accounts that are remembered; beyond it those that have not changed anything lately are forgotten. */
const accountsMax = 10_000;

export function createChangeRates(perSecond: number, burst: number, now: () => number): ChangeRates {
  const buckets = new Map<string, Bucket>();
  return {
    spend(accountId) {
      const nowMs = now();
      if (buckets.size >= accountsMax)
        for (const [known, bucket] of buckets) if (bucket.isFull(nowMs)) buckets.delete(known);
      const bucket = buckets.get(accountId) ?? new Bucket(perSecond, burst, nowMs);
      buckets.set(accountId, bucket);
      const retryAfterMs = bucket.take(nowMs);
      if (retryAfterMs > 0) throw new Refusal("RATE_LIMITED", "changes", { retryAfterMs });
    },
  };
}
