// One suite for the promises of bus.ts: every adapter must pass it. It must not know any adapter.
import { afterEach, describe } from "vitest";
import type { Bus, BusLimits } from "./bus.ts";
import type { BusBroker, CreateBroker, CuttableBroker } from "./conformance/broker.ts";
import { testGaps } from "./conformance/gaps.ts";
import { testInterleavings } from "./conformance/interleavings.ts";
import { testLog } from "./conformance/log.ts";
import { testOnce } from "./conformance/once.ts";
import { testTopics } from "./conformance/topics.ts";

export * from "./conformance/broker.ts";

/** The broker of the running test: made with its first bus, closed after it. */
function brokerPerTest<Broker extends BusBroker>(create: CreateBroker<Broker>) {
  let broker: Broker | undefined;

  afterEach(async () => {
    await broker?.close();
    broker = undefined;
  });

  return {
    current: () => broker,
    open: async (limits?: Partial<BusLimits>): Promise<Bus> => {
      broker ??= await create(limits);
      return broker.open();
    },
  };
}

/** What every adapter promises. */
export function describeBus(name: string, create: CreateBroker): void {
  describe(`${name} keeps the promises of the port`, () => {
    const { open } = brokerPerTest(create);
    testTopics(open);
    testLog(open);
    testOnce(open);
    testInterleavings(open);
  });
}

/** What an adapter promises besides if its listeners can lose their connection. */
export function describeBusGaps(name: string, create: CreateBroker<CuttableBroker>): void {
  describe(`${name} tells of losses`, () => {
    const { open, current } = brokerPerTest(create);
    testGaps(open, async () => current()?.cut());
  });
}
