// What the routes are made from.
import type { Verifier, Signer } from "@parley/tokens";
import type { AuthMetrics } from "./metrics.ts";
import type { Passwords } from "./passwords.ts";
import type { RefreshCookie } from "./refresh-token.ts";
import type { Database } from "./store/database.ts";

export interface Parts {
  db: Database;
  passwords: Passwords;
  signer: Signer;
  verifier: Verifier;
  cookie: RefreshCookie;
  /** How long a login lasts unless it is refreshed. */
  loginSeconds: number;
  metrics: AuthMetrics;
}
