// Which logins have ended, as this instance must know before it believes a token. It asks its own database.
import type { Bus } from "@parley/bus";
import { databaseFault } from "@parley/database";
import type { Log } from "@parley/service";
import { watchRevocations, type Revocations } from "@parley/tokens";
import type { Announcer } from "./announcer.ts";
import type { Database } from "./store/database.ts";
import { readRevocations } from "./store/revocations.ts";

/** The database is ours: it is asked so often that a lost event makes no difference. */
const checkMs = 800;

export interface FollowOptions {
  db: Database;
  bus: Bus;
  announcer: Announcer;
  log: Log;
}

export async function followRevocations(options: FollowOptions): Promise<Revocations> {
  const { db, bus, announcer, log } = options;
  const revocations = await watchRevocations({
    fetchPage: (after) => readRevocations(db, after),
    listen: (heard) => announcer.listen(heard),
    onFault: (error) => log.debug({ err: databaseFault(error) }, "could not ask which logins have ended"),
    now: () => performance.now(),
    checkMs,
  });
  bus.onGap(() => void revocations.check());
  return revocations;
}
