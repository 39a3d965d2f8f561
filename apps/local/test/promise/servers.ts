// One chat-history and two gateways on a bus that can be made to lose what it publishes, and gateways that restart.
import { createMemoryBus, type Bus } from "@parley/bus";
import { createChatHistory, historyVariables } from "@parley/chat-history";
import { createChatWs, gatewayVariables } from "@parley/chat-ws";
import { createDatabase } from "@parley/embedded";
import { createRates } from "@parley/rates";
import { createLifecycle, createLog, listen, readConfig } from "@parley/service";
import { startIssuer } from "@parley/tokens/issuer";
import { Pool } from "pg";

interface Gateway {
  url: string;
  /** The next publications to it that name the room, so many of them, are lost. */
  lose(roomId: string, count: number): void;
}

export interface Servers {
  gateways: Gateway[];
  historyUrl: string;
  pool: Pool;
  /** The gateway goes, and another takes its place. */
  restart(gateway: number): Promise<void>;
  tokenFor(accountId: string): Promise<string>;
  close(): Promise<void>;
}

const log = createLog("test", "silent");
const loopback = "127.0.0.1";

/** @param adminUrl a PostgreSQL in which a database may be made */
export async function openServers(adminUrl: string): Promise<Servers> {
  const lifecycle = createLifecycle(log, 15_000);
  const database = await createDatabase(adminUrl);
  lifecycle.opened("database", () => database.drop());
  const pool = new Pool({ connectionString: database.url });
  lifecycle.opened("pool", () => pool.end());
  const issuer = await startIssuer();
  lifecycle.opened("issuer", () => issuer.close());
  const unhurried = { CHANGES_PER_SECOND_MAX: "100000", CHANGES_BURST_MAX: "100000" };
  const env = {
    AUTH_URL: issuer.url,
    SERVICE_TOKEN: "service-token-of-tests",
    DATABASE_URL: database.url,
    ROOMS_AUTO_CREATE: "true",
    ...unhurried,
  };

  const bus = createMemoryBus();
  lifecycle.opened("bus", () => bus.close());
  const history = await createChatHistory(readConfig(historyVariables, env), { log, lifecycle, bus });
  const historyUrl = `http://${loopback}:${await listen(history.server, 0, loopback)}`;

  async function openGateway(): Promise<Gateway & { close(): Promise<void> }> {
    const toLose = new Map<string, number>();
    const own = createLifecycle(log, 5_000);
    const lossy: Bus = {
      ...bus,
      async subscribe(topic, listener) {
        const unsubscribe = await bus.subscribe(topic, (payload) => {
          const roomId = /"roomId":"([^"]+)"/.exec(payload)?.[1] ?? "";
          const left = toLose.get(roomId) ?? 0;
          if (left > 0) toLose.set(roomId, left - 1);
          else listener(payload);
        });
        own.opened("subscription", unsubscribe);
        return unsubscribe;
      },
    };
    const config = readConfig(gatewayVariables, {
      ...env,
      HISTORY_URL: historyUrl,
      RESTART_SPREAD_MS: "0",
      RECEIPT_MS: "400",
      POSITIONS_MS: "100",
      SENDS_PER_SECOND_MAX: "100000",
      SENDS_BURST_MAX: "100000",
      CONNECTS_PER_ACCOUNT_MAX: "100000",
      EXEMPT_ADDRESSES: "loopback",
    });
    const { server } = await createChatWs(config, { log, lifecycle: own, bus: lossy, rates: createRates({ log }) });
    const url = `ws://${loopback}:${await listen(server, 0, loopback)}/ws`;
    return { url, lose: (roomId, count) => void toLose.set(roomId, count), close: () => own.close() };
  }

  const gateways = [await openGateway(), await openGateway()];
  lifecycle.opened("gateways", () => Promise.all(gateways.map((gateway) => gateway.close())));
  return {
    gateways,
    historyUrl,
    pool,
    async restart(at) {
      const old = gateways[at]!;
      gateways[at] = await openGateway();
      await old.close();
    },
    tokenFor: (accountId) => issuer.sign({ accountId, name: accountId }),
    close: () => lifecycle.close(),
  };
}
