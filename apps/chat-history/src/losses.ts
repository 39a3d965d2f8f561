// Looks now and then whether entries have disappeared from the log by other hands (guarantee P-3), and says so.
import type { LogReader } from "@parley/bus";
import type { Log } from "@parley/service";
import type { RecorderMetrics } from "./metrics.ts";

/** How often the log is looked at, in milliseconds. */
const lookMs = 2_000;

export interface Losses {
  /** Whether some have disappeared since the last look. To be called often: most calls do nothing. */
  look(reader: LogReader): Promise<boolean>;
}

export function watchLosses({ log, metrics }: { log: Log; metrics: RecorderMetrics }): Losses {
  let lost = 0;
  let nextMs = 0;
  return {
    async look(reader) {
      if (performance.now() < nextMs) return false;
      nextMs = performance.now() + lookMs;
      const total = await reader.lost();
      const more = total - lost;
      lost = total;
      if (more <= 0) return false;
      metrics.logLost.inc(more);
      log.error({ entries: more }, "entries disappeared from the log before they were stored");
      return true;
    },
  };
}
