// Sweeps at the start, and again and again. It does not know what is removed.
import { databaseFault } from "@parley/database";
import type { Log } from "@parley/service";
import type { Database } from "./store/database.ts";
import { sweep } from "./store/sweep.ts";

const everyMs = 10 * 60_000;
/** Clocks differ, and instances learn of changes one after the other. */
const marginSeconds = 60;

/** @param accessTokenSeconds how long an access token is good for */
export function startSweeper(db: Database, accessTokenSeconds: number, log: Log) {
  let sweeping: Promise<void>;

  const run = () => {
    sweeping = sweep(db, accessTokenSeconds + marginSeconds).catch((error: unknown) =>
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
