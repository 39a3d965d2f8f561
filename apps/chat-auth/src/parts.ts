// What the routes are made from.
import type { IncomingMessage } from "node:http";
import type { Verify } from "@parley/service";
import type { Announcer } from "./announcer.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Limits } from "./limits.ts";
import type { AuthMetrics } from "./metrics.ts";
import type { Passwords } from "./passwords.ts";
import type { RefreshCookie } from "./refresh-token.ts";
import type { Database } from "./store/database.ts";

export interface Parts {
  db: Database;
  passwords: Passwords;
  keys: KeyRing;
  /** Refuses tokens of logins that have ended, too. */
  verify: Verify;
  cookie: RefreshCookie;
  announcer: Announcer;
  limits: Limits;
  /** Where a request comes from. */
  addressOf: (request: IncomingMessage) => string;
  /** How long a login lasts unless it is refreshed. */
  loginSeconds: number;
  metrics: AuthMetrics;
}
