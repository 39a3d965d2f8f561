// How often one address and one account may connect, over all instances. It must not know how connections are made.
import { addressKey } from "@parley/service";
import type { Rates } from "@parley/rates";

export interface ConnectRates {
  /** @throws Refusal RATE_LIMITED */
  takeAddress(address: string): Promise<void>;
  /** @throws Refusal RATE_LIMITED */
  takeAccount(accountId: string): Promise<void>;
}

interface Options {
  connectsPerAddressMax: number;
  connectsPerAccountMax: number;
  /** Whether any number of connections may come from an address. */
  isExempt: (address: string) => boolean;
}

const seconds = 60;

export function createConnectRates(rates: Rates, options: Options): ConnectRates {
  const { connectsPerAddressMax, connectsPerAccountMax, isExempt } = options;
  const addresses = rates.limiter({ name: "connects-address", points: connectsPerAddressMax, seconds });
  const accounts = rates.limiter({ name: "connects-account", points: connectsPerAccountMax, seconds });
  return {
    async takeAddress(address) {
      if (!isExempt(address)) await addresses.take(addressKey(address));
    },
    takeAccount: (accountId) => accounts.take(accountId),
  };
}
