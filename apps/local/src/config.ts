// What the one-command start can be told; the services' own variables keep their defaults.
import { databaseUrl, integer, redisUrl, serviceVariables, variable } from "@parley/service";
import { z } from "zod";

export const variables = {
  ...serviceVariables,
  logLevel: variable(
    "LOG_LEVEL",
    z.enum(["silent", "fatal", "error", "warn", "info", "debug"]).default("warn"),
    "how much is logged",
  ),
  port: variable("PORT", integer(0, 65_535).default(8080), "port of the one origin"),
  databaseUrl: variable(
    "DATABASE_URL",
    databaseUrl.schema.optional(),
    "PostgreSQL 18 or later; without it one is started and kept in PARLEY_DATA",
  ),
  redisUrl: variable(
    "REDIS_URL",
    redisUrl.schema.optional(),
    "Redis 7 or later; without it the bus is in memory, for this process only",
  ),
  dataDir: variable(
    "PARLEY_DATA",
    z.string().default(".parley"),
    "folder that keeps the embedded database between starts",
  ),
};
