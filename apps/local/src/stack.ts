// The three services in one process, on loopback ports of their own where they call each other.
import { randomBytes } from "node:crypto";
import { createMemoryBus, openRedisBus } from "@parley/bus";
import { authVariables, createChatAuth } from "@parley/chat-auth";
import { createChatHistory, historyVariables } from "@parley/chat-history";
import { createChatWs, gatewayVariables } from "@parley/chat-ws";
import { createRates } from "@parley/rates";
import { listen, readConfig, type Surroundings } from "@parley/service";
import type { Services } from "./origin.ts";

export interface StackOptions {
  databaseUrl: string;
  /** Without it the bus is in memory. */
  redisUrl: string | undefined;
  /** The rest of the environment: the services' own variables. */
  env: NodeJS.ProcessEnv;
}

export interface Stack extends Services {
  notReady: () => string[];
}

const loopback = "127.0.0.1";

export async function openStack(
  { databaseUrl, redisUrl, env }: StackOptions,
  { log, lifecycle }: Surroundings,
): Promise<Stack> {
  const own = {
    RESTART_SPREAD_MS: "0",
    COOKIE_SECURE: "false",
    EXEMPT_ADDRESSES: "loopback",
    GUESTS: "true",
    ROOMS_AUTO_CREATE: "true",
    ...env,
    DATABASE_URL: databaseUrl,
    SERVICE_TOKEN: randomBytes(32).toString("base64url"),
    COOKIE_PATH: "/auth",
  };
  const around = (service: string) => ({ log: log.child({ service }), lifecycle });

  const { logEntriesMax, logBytesMax } = gatewayVariables;
  const limits = readConfig({ logEntriesMax, logBytesMax }, own);
  const bus = redisUrl === undefined ? createMemoryBus(limits) : await openRedisBus(redisUrl, log, limits);
  lifecycle.opened("bus", () => bus.close());

  const rates = createRates({ redisUrl, log });
  lifecycle.opened("rates", () => rates.close());

  const auth = await createChatAuth(readConfig(authVariables, own), { ...around("chat-auth"), bus, rates });
  const authUrl = `http://${loopback}:${await listen(auth.server, 0, loopback)}`;
  const urls = { ...own, AUTH_URL: authUrl };

  const history = await createChatHistory(readConfig(historyVariables, urls), { ...around("chat-history"), bus });
  const HISTORY_URL = `http://${loopback}:${await listen(history.server, 0, loopback)}`;

  const gateway = await createChatWs(readConfig(gatewayVariables, { ...urls, HISTORY_URL }), {
    ...around("chat-ws"),
    bus,
    rates,
  });
  return {
    chatAuth: auth.server,
    chatHistory: history.server,
    chatWs: gateway.server,
    notReady: () => [...new Set([auth, history, gateway].flatMap((service) => service.notReady()))],
  };
}
