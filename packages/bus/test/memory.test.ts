import { describeBus } from "../src/conformance.ts";
import { createMemoryBus } from "../src/index.ts";

describeBus("memory", async (limits) => {
  const bus = createMemoryBus(limits);
  return { open: async () => bus, close: () => bus.close() };
});
