// What chat-auth can be told.
import {
  allowedOrigins,
  databaseUrl,
  exemptAddresses,
  flag,
  integer,
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
import { z } from "zod";
import { oidcVariables } from "./oidc/config.ts";

const expectedPath = "expected a path that starts with a slash";

/** What it needs wherever it runs: as a process of its own, or inside another that hands it requests. */
export const authVariables = {
  ...serviceVariables,
  ...tokenVariables,
  databaseUrl,
  serviceToken,
  operatorToken,
  partitions,
  trustedProxies,
  exemptAddresses,
  cookiePath: variable(
    "COOKIE_PATH",
    z
      .string()
      .regex(/^\/[A-Za-z0-9._~/-]*$/, expectedPath)
      .default("/"),
    "Path of the refresh cookie as browsers see it; `/auth` behind the origin's prefix",
  ),
  // Safari alone keeps no Secure cookie of http://localhost; every other browser takes localhost for safe.
  cookieSecure: variable(
    "COOKIE_SECURE",
    flag(true),
    "whether the refresh cookie travels over https only; false is for plain http://localhost",
  ),
  allowedOrigins,
  accessTokenSeconds: variable(
    "ACCESS_TOKEN_SECONDS",
    integer(10, 86_400).default(900),
    "how long an access token is good for, in seconds",
  ),
  refreshTokenSeconds: variable(
    "REFRESH_TOKEN_SECONDS",
    integer(60, 31_536_000).default(2_592_000),
    "how long a login lasts unless it is refreshed, in seconds",
  ),
  guests: variable(
    "GUESTS",
    flag(false),
    "whether one may come in with a name alone; what guests leave is theirs only as long as their browser keeps the login",
  ),
  // At least the 10 s in which nobody asks for keys again, and those until all instances publish it.
  keyLeadSeconds: variable(
    "KEY_LEAD_SECONDS",
    integer(13, 86_400).default(660),
    "how long a new key is published before it signs, in seconds; others keep the keys they know for 600",
  ),
  ...oidcVariables,
  hashesAtOnceMax: variable(
    "HASHES_AT_ONCE_MAX",
    integer(1, 64).default(2),
    "passwords hashed at once, 32 MiB and a thread each; Node has four threads, signing needs them too",
  ),
  hashesWaitingMax: variable(
    "HASHES_WAITING_MAX",
    integer(0, 10_000).default(100),
    "sign-ups and logins that wait for their turn before more are refused",
  ),
  loginFailuresMax: variable(
    "LOGIN_FAILURES_MAX",
    integer(1, 1_000_000).default(10),
    "wrong passwords for one account from one address in 15 minutes before RATE_LIMITED",
  ),
  loginFailuresPerAddressMax: variable(
    "LOGIN_FAILURES_PER_ADDRESS_MAX",
    integer(1, 1_000_000).default(100),
    "wrong passwords from one address in 15 minutes before RATE_LIMITED",
  ),
  loginFailuresPerAccountMax: variable(
    "LOGIN_FAILURES_PER_ACCOUNT_MAX",
    integer(1, 1_000_000).default(100),
    "wrong passwords for one account in 15 minutes before RATE_LIMITED, but where it signed in during the last 30 days",
  ),
  signUpsPerAddressMax: variable(
    "SIGNUPS_PER_ADDRESS_MAX",
    integer(1, 1_000_000).default(20),
    "sign-ups and guests from one address in an hour before RATE_LIMITED",
  ),
  refreshesPerMinuteMax: variable(
    "REFRESHES_PER_MINUTE_MAX",
    integer(1, 1_000_000).default(30),
    "refreshes of one login in a minute before RATE_LIMITED",
  ),
};

export const variables = {
  port: variable("PORT", integer(0, 65_535).default(8082), "port to listen on"),
  redisUrl,
  ...authVariables,
};

export type AuthConfig = Config<typeof authVariables>;
