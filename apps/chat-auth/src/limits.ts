// How often one may try what costs or guesses (docs/operations.md). It does not know what a password is.
import type { Limiter, Rates } from "@parley/rates";
import { addressKey, createAddressMatcher } from "@parley/service";
import type { AuthConfig } from "./config.ts";

const failureSeconds = 15 * 60;
const signUpSeconds = 60 * 60;
const refreshSeconds = 60;

interface Attempt {
  address: string;
  /** What the account is called by whoever tries, whether there is one or not. */
  account: string;
  /** Whether the account has signed in from this address lately: others cannot lock its owner out there. */
  isKnownAddress: boolean;
}

/** Each throws Refusal RATE_LIMITED with `retryAfterMs`. */
export interface Limits {
  /** Does what may fail, and counts it if it did: false counts, true and a fault do not. */
  attempt(who: Attempt, succeeds: () => Promise<boolean>): Promise<boolean>;
  signUp(address: string): Promise<void>;
  refresh(sid: string): Promise<void>;
}

type Taken = [Limiter, string];

export function createLimits(rates: Rates, config: AuthConfig): Limits {
  const failures = (name: string, points: number) => rates.limiter({ name, points, seconds: failureSeconds });
  const here = failures("login-failures", config.loginFailuresMax);
  const perAddress = failures("login-failures-address", config.loginFailuresPerAddressMax);
  const perAccount = failures("login-failures-account", config.loginFailuresPerAccountMax);
  const signUps = rates.limiter({ name: "sign-ups", points: config.signUpsPerAddressMax, seconds: signUpSeconds });
  const refreshes = rates.limiter({ name: "refreshes", points: config.refreshesPerMinuteMax, seconds: refreshSeconds });
  const isExempt = createAddressMatcher(config.exemptAddresses);

  function limitsOf({ address, account, isKnownAddress }: Attempt): Taken[] {
    if (isExempt(address)) return [];
    const key = addressKey(address);
    const ofAddress: Taken[] = [
      [here, JSON.stringify([key, account])],
      [perAddress, key],
    ];
    return isKnownAddress ? ofAddress : [...ofAddress, [perAccount, account]];
  }

  /**
   * All at once or none: they count before it is known how it ends, so that many at a time are not let through. What is
   * refused has counted, too: it is given back, or many right passwords at a time would lock their owner out.
   */
  async function take(limits: Taken[]): Promise<void> {
    const taken: Taken[] = [];
    try {
      for (const [limiter, key] of limits) {
        taken.push([limiter, key]);
        await limiter.take(key);
      }
    } catch (error) {
      await giveBack(taken);
      throw error;
    }
  }

  return {
    async attempt(who, succeeds) {
      const limits = limitsOf(who);
      await take(limits);
      let hasFailed = false;
      try {
        hasFailed = !(await succeeds());
      } finally {
        if (!hasFailed) await giveBack(limits);
      }
      return !hasFailed;
    },
    async signUp(address) {
      if (!isExempt(address)) await signUps.take(addressKey(address));
    },
    refresh: (sid) => refreshes.take(sid),
  };
}

async function giveBack(taken: Taken[]): Promise<void> {
  await Promise.all(taken.map(([limiter, key]) => limiter.give(key)));
}
