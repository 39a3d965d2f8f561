// What chat-ws can be told.
import { randomBytes } from "node:crypto";
import {
  allowedOrigins,
  contentCodePoints,
  integer,
  authUrl,
  nodeEnv,
  partitions,
  redisUrl,
  serviceToken,
  serviceVariables,
  tokenVariables,
  trustedProxies,
  url,
  variable,
  type Config,
} from "@parley/service";
import { tokenIssuers } from "@parley/tokens";
import { z } from "zod";
import { limitVariables } from "./limits.ts";

/** `adopt` is where attempts of older services come from (contracts §2). */
const serverIdPattern = /^(?!adopt$)[A-Za-z0-9_-]{1,64}$/;

/** What it needs whatever the bus is. */
export const gatewayVariables = {
  ...serviceVariables,
  ...tokenVariables,
  tokenIssuers,
  authUrl,
  serviceToken,
  historyUrl: variable("HISTORY_URL", url("http", "https"), "where chat-history is"),
  serverId: variable(
    "SERVER_ID",
    z
      .string()
      .regex(serverIdPattern, "expected 1 to 64 of A-Z a-z 0-9 _ -, and not `adopt`")
      .default(() => `ws-${randomBytes(4).toString("hex")}`),
    "name of this instance, different in each; by default a random one",
  ),
  allowedOrigins,
  contentCodePointsMax: contentCodePoints,
  partitions,
  receiptMs: variable(
    "RECEIPT_MS",
    integer(100, 60_000).default(10_000),
    "longest wait for a RECEIPT before TIMEOUT, in milliseconds",
  ),
  ...limitVariables,
  trustedProxies,
  lab: variable(
    "CHAT_LAB",
    z.enum(["0", "1"], "expected 0 or 1").default("0"),
    "1 opens /lab, where test suites talk to the engine by raw destinations; refused in production",
  ),
  nodeEnv,
  restartSpreadMs: variable(
    "RESTART_SPREAD_MS",
    integer(0, 60_000).default(5_000),
    "over how many milliseconds a stopping instance sends its clients away",
  ),
};

export const variables = {
  port: variable("PORT", integer(0, 65_535).default(8080), "port to listen on"),
  redisUrl,
  ...gatewayVariables,
};

export type GatewayConfig = Config<typeof gatewayVariables>;
