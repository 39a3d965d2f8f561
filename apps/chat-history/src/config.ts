// What chat-history can be told.
import {
  allowedOrigins,
  databaseUrl,
  integer,
  jwksUrl,
  redisUrl,
  serviceToken,
  serviceVariables,
  tokenVariables,
  variable,
  type Config,
} from "@parley/service";

/** What it needs whatever the bus is. */
export const historyVariables = {
  ...serviceVariables,
  ...tokenVariables,
  databaseUrl,
  jwksUrl,
  serviceToken,
  allowedOrigins,
  batchEntriesMax: variable(
    "BATCH_ENTRIES_MAX",
    integer(1, 10_000).default(1000),
    "messages stored in one transaction at most",
  ),
  setAsideEntriesMax: variable(
    "SET_ASIDE_ENTRIES_MAX",
    integer(1, 1_000_000).default(20_000),
    "messages kept waiting for rooms that somebody else has locked, before reading the log pauses",
  ),
};

export const variables = {
  port: variable("PORT", integer(0, 65_535).default(8081), "port to listen on"),
  redisUrl,
  ...historyVariables,
};

export type HistoryConfig = Config<typeof historyVariables>;
