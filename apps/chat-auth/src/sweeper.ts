// What is to be done now and then, from the start on: remove what is over, tell what the version before did not.
import { databaseFault } from "@parley/database";
import type { Log } from "@parley/service";
import type { Database } from "./store/database.ts";
import { noteMissed } from "./store/account-changes.ts";
import { sweep } from "./store/sweep.ts";
import { noteLifetime, readLongestLifetime } from "./store/token-lifetimes.ts";

const everyMs = 10 * 60_000;
/** Clocks differ, and instances learn of changes one after the other. */
const marginSeconds = 60;

/** @param accessTokenSeconds how long an access token is good for */
export function startSweeper(db: Database, accessTokenSeconds: number, log: Log) {
  let sweeping: Promise<unknown>;

  async function sweepOver(): Promise<void> {
    await noteLifetime(db, accessTokenSeconds);
    await sweep(db, (await readLongestLifetime(db)) + marginSeconds);
  }

  const run = () => {
    sweeping = Promise.all([sweepOver(), noteMissed(db)]).catch((error: unknown) =>
      log.warn({ err: databaseFault(error) }, "could not sweep"),
    );
  };
  const timer = setInterval(run, everyMs);
  run();
  return {
    /** Waits for what is under way. */
    close() {
      clearInterval(timer);
      return sweeping;
    },
  };
}
