// What chat-history can be told.
import {
  allowedOrigins,
  contentCodePoints,
  databaseUrl,
  flag,
  integer,
  authUrl,
  nodeEnv,
  operatorToken,
  partitions,
  redisUrl,
  serviceToken,
  serviceVariables,
  tokenVariables,
  trustedProxies,
  variable,
  type Config,
} from "@parley/service";
import { tokenIssuers } from "@parley/tokens";
import { z } from "zod";
import { failpoints } from "./failpoint.ts";

/** What it needs whatever the bus is. */
export const historyVariables = {
  ...serviceVariables,
  ...tokenVariables,
  tokenIssuers,
  databaseUrl,
  authUrl,
  serviceToken,
  operatorToken,
  allowedOrigins,
  trustedProxies,
  roomsAutoCreate: variable(
    "ROOMS_AUTO_CREATE",
    flag(false),
    "whether rooms that nobody made come into being by themselves, and public ones are open to all who were not sent away",
  ),
  contentCodePointsMax: contentCodePoints,
  partitions,
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
  readsAtOnceMax: variable(
    "READS_AT_ONCE_MAX",
    integer(1, 1_000).default(4),
    "pages of history that are read at the same time; the rest of the machine is for what stores",
  ),
  readsWaitingMax: variable(
    "READS_WAITING_MAX",
    integer(0, 100_000).default(200),
    "pages of history that wait for their turn before OVERLOADED",
  ),
  changesPerSecondMax: variable(
    "CHANGES_PER_SECOND_MAX",
    integer(1, 1_000_000).default(5),
    "changes that an account may make per second, of messages, rooms and members, on each instance, before RATE_LIMITED",
  ),
  changesBurstMax: variable(
    "CHANGES_BURST_MAX",
    integer(1, 1_000_000).default(30),
    "changes that an account may make at once, after a pause, before RATE_LIMITED",
  ),
  roomsPerHourMax: variable(
    "ROOMS_PER_HOUR_MAX",
    integer(0, 1_000_000).default(100),
    "rooms that an account may make in an hour, those with one other included, before RATE_LIMITED",
  ),
  roomsPerAccountMax: variable(
    "ROOMS_PER_ACCOUNT_MAX",
    integer(1, 1_000_000).default(1_000),
    "rooms of which an account may be a member, those with one other not counted, before TOO_MANY",
  ),
  membersPerPrivateRoomMax: variable(
    "MEMBERS_PER_PRIVATE_ROOM_MAX",
    integer(1, 1_000_000).default(5_000),
    "members of a private room before TOO_MANY",
  ),
  blocksPerAccountMax: variable(
    "BLOCKS_PER_ACCOUNT_MAX",
    integer(1, 1_000_000).default(1_000),
    "accounts that an account may block before TOO_MANY",
  ),
  auditDays: variable(
    "AUDIT_DAYS",
    integer(0, 36_500).default(365),
    "days that the audit log is kept; 0 keeps it for ever",
  ),
  failpoint: variable(
    "FAILPOINT",
    z
      .string()
      .regex(
        new RegExp(`^(${failpoints.join("|")}):[1-9]\\d{0,5}$`),
        `expected one of ${failpoints.join(", ")}, then :<n>`,
      )
      .optional(),
    "for fault tests: the process kills itself at this point of the n-th batch; refused in production",
  ),
  nodeEnv,
};

export const variables = {
  port: variable("PORT", integer(0, 65_535).default(8081), "port to listen on"),
  redisUrl,
  ...historyVariables,
};

export type HistoryConfig = Config<typeof historyVariables>;
