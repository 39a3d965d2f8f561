// Whether one more connection is let in. It must not know what carries connections, or what they say.
import { Refusal } from "@parley/contracts";
import { addressKey } from "@parley/service";
import { Bucket } from "@parley/service";

export interface AdmissionLimits {
  /** Connections at a time. Beyond: OVERLOADED. */
  connectionsMax: number;
  /** Connections at a time from one address. Beyond: TOO_MANY. */
  connectionsPerAddressMax: number;
  /** New connections, so many a second and so many at once. Beyond: OVERLOADED. */
  connectsPerSecondMax: number;
  connectsBurstMax: number;
}

export interface Admission {
  /**
   * Lets a connection in; the answer is to be called when it has gone, further calls do nothing.
   * @throws Refusal TOO_MANY, or OVERLOADED with `retryAfterMs`
   */
  admit(address: string): () => void;
}

/** Who finds his address or the instance full is told to come back after this. */
const fullRetryMs = 5_000;
const retryMsMin = 1_000;
const retryMsMax = 30_000;

/** @param isExempt whether any number of connections may come from an address */
export function createAdmission(
  limits: AdmissionLimits,
  isExempt: (address: string) => boolean,
  now: () => number,
): Admission {
  const { connectionsMax, connectionsPerAddressMax, connectsPerSecondMax, connectsBurstMax } = limits;
  const byAddress = new Map<string, number>();
  const connects = new Bucket(connectsPerSecondMax, connectsBurstMax, now());
  let connections = 0;
  let queue = { length: 0, atMs: now() };

  /** Those who are turned away come back one after the other, as fast as they can be let in. */
  function queueUp(nowMs: number): number {
    const left = queue.length - ((nowMs - queue.atMs) * connectsPerSecondMax) / 1_000;
    queue = { length: Math.max(0, left) + 1, atMs: nowMs };
    return Math.min(retryMsMax, retryMsMin + Math.round((queue.length * 1_000) / connectsPerSecondMax));
  }

  function leave(key: string) {
    connections--;
    const others = (byAddress.get(key) ?? 1) - 1;
    if (others === 0) byAddress.delete(key);
    else byAddress.set(key, others);
  }

  return {
    admit(address) {
      const key = addressKey(address);
      const fromThere = byAddress.get(key) ?? 0;
      if (fromThere >= connectionsPerAddressMax && !isExempt(address))
        throw new Refusal("TOO_MANY", "connections from this address", { retryAfterMs: fullRetryMs });
      if (connections >= connectionsMax) throw new Refusal("OVERLOADED", "connections", { retryAfterMs: fullRetryMs });
      const nowMs = now();
      if (connects.take(nowMs) > 0)
        throw new Refusal("OVERLOADED", "new connections", { retryAfterMs: queueUp(nowMs) });
      connections++;
      byAddress.set(key, fromThere + 1);
      let isGone = false;
      return () => {
        if (!isGone) leave(key);
        isGone = true;
      };
    },
  };
}
