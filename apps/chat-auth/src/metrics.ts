// What chat-auth counts.
import type { Metrics } from "@parley/service";

export interface AuthMetrics {
  signedUp: () => void;
  loggedIn: (outcome: "accepted" | "refused") => void;
  /** `reused` ended a login: its token was copied, or two tabs did not agree. */
  refreshed: (outcome: "rotated" | "reused" | "refused") => void;
  hashed: (seconds: number) => void;
}

const hashSeconds = [0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1];

export function createAuthMetrics(metrics: Metrics): AuthMetrics {
  const signups = metrics.counter("signups_total", "accounts made");
  const logins = metrics.counter("logins_total", "logins, by outcome", ["outcome"] as const);
  const refreshes = metrics.counter("refreshes_total", "refresh tokens shown, by outcome", ["outcome"] as const);
  const hashes = metrics.histogram("password_hash_seconds", "time to hash one password, in seconds", hashSeconds);
  return {
    signedUp: () => signups.inc(),
    loggedIn: (outcome) => logins.inc({ outcome }),
    refreshed: (outcome) => refreshes.inc({ outcome }),
    hashed: (seconds) => hashes.observe(seconds),
  };
}
