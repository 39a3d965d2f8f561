// A chat-ws for tests that need nothing behind it: the bus is in memory, and nobody gets as far as a token or a room.
import { createMemoryBus } from "@parley/bus";
import { createRates } from "@parley/rates";
import { createLifecycle, createLog, listen, readConfig } from "@parley/service";
import { createChatWs, gatewayVariables } from "../src/service.ts";

export interface TestServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  url: string;
  close(): Promise<void>;
}

export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const log = createLog("test", "silent");
  const lifecycle = createLifecycle(log, 5_000);
  const config = readConfig(gatewayVariables, {
    AUTH_URL: "http://127.0.0.1:9",
    HISTORY_URL: "http://127.0.0.1:9",
    SERVICE_TOKEN: "service-token-of-tests",
    RESTART_SPREAD_MS: "0",
    ...env,
  });
  const { server } = await createChatWs(config, {
    log,
    lifecycle,
    bus: createMemoryBus(),
    rates: createRates({ log }),
  });
  const port = await listen(server, 0, "127.0.0.1");
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      await lifecycle.close();
      server.closeAllConnections();
    },
  };
}
