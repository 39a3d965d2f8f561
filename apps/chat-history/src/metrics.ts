// What chat-history counts.
import type { Metrics } from "@parley/service";

export type AdoptionMetrics = ReturnType<typeof createAdoptionMetrics>;

export function createAdoptionMetrics(metrics: Metrics) {
  return {
    foreign: metrics.counter("foreign_messages_total", "messages of older services that were heard, by outcome", [
      "outcome",
    ] as const),
  };
}

export type RecorderMetrics = ReturnType<typeof createRecorderMetrics>;

export function createRecorderMetrics(metrics: Metrics) {
  return {
    entries: metrics.counter("recorder_entries_total", "log entries finished, by outcome", ["outcome"] as const),
    logLost: metrics.counter("log_lost_total", "log entries that disappeared before they were stored: an alarm"),
    batchSeconds: metrics.histogram(
      "recorder_batch_seconds",
      "time to store one batch, in seconds",
      [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    ),
  };
}
