// Forgets what the audit log has kept for long enough, a little at a time. It does not know what is in it.
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@parley/service";
import type { Pool } from "pg";
import { deleteOldAudit } from "./store/audit.ts";

export interface AuditRetention {
  close(): Promise<void>;
}

interface Options {
  pool: Pool;
  /** 0: it is kept for ever. */
  auditDays: number;
  log: Log;
}

const everyMs = 3_600_000;
const batchRows = 1_000;
/** Between two batches, for others. */
const pauseMs = 100;

export function keepAudit({ pool, auditDays, log }: Options): AuditRetention {
  const stop = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {}); // Stopping is no fault.

  async function forget() {
    while (!stop.signal.aborted && (await deleteOldAudit(pool, auditDays, batchRows)) === batchRows)
      await pause(pauseMs);
  }

  async function run() {
    while (!stop.signal.aborted) {
      await forget().catch((error: unknown) =>
        log.warn({ err: error }, "old entries of the audit log were not deleted"),
      );
      await pause(everyMs);
    }
  }

  const ended = auditDays === 0 ? Promise.resolve() : run();
  return {
    async close() {
      stop.abort();
      await ended;
    },
  };
}
