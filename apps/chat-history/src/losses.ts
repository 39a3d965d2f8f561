// Looks now and then whether entries have disappeared from the log by other hands (guarantee P-3), and says so.
import type { LogReader } from "@parley/bus";
import type { Log } from "@parley/service";
import type { RecorderMetrics } from "./metrics.ts";

/** How often the log is looked at, in milliseconds. */
const lookMs = 2_000;
/** How long a loss is lately, in milliseconds. */
const latelyMs = 30_000;

/** Of one log. */
export interface Losses {
  /** To be called often: most calls do nothing. */
  look(reader: LogReader): Promise<void>;
  /** Whether some have disappeared: whoever sent them will have to repeat them. */
  readonly lately: boolean;
}

export function watchLosses({ log, metrics }: { log: Log; metrics: RecorderMetrics }): Losses {
  let lost = 0;
  let lostAtMs = -Infinity;
  let nextMs = 0;
  return {
    get lately() {
      return performance.now() - lostAtMs < latelyMs;
    },
    async look(reader) {
      if (performance.now() < nextMs) return;
      nextMs = performance.now() + lookMs;
      const total = await reader.lost();
      const more = total - lost;
      lost = total;
      if (more <= 0) return;
      lostAtMs = performance.now();
      metrics.logLost.inc(more);
      log.error({ entries: more }, "entries disappeared from the log before they were stored");
    },
  };
}
