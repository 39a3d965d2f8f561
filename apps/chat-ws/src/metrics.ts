// What chat-ws counts.
import type { Metrics } from "@parley/service";

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;

export function createGatewayMetrics(metrics: Metrics) {
  return {
    accepted: metrics.counter("messages_accepted_total", "messages taken from clients and put into the log"),
    refused: metrics.counter("frames_refused_total", "frames refused, by code", ["code"] as const),
    accessChecked: metrics.counter("access_checks_total", "rights in rooms, `known` or `asked` of chat-history", [
      "source",
    ] as const),
    accessEnded: metrics.counter("access_ended_total", "subscriptions ended because the right to read has"),
    delivered: metrics.counter("messages_delivered_total", "MESSAGE frames handed to connections"),
    leftOut: metrics.counter("previews_left_out_total", "previews not given to connections that read too slowly"),
    turnedAway: metrics.counter("connections_refused_total", "connections not let in, by code", ["code"] as const),
    healed: metrics.counter("rooms_healed_total", "fetches for rooms that lacked something, by outcome", [
      "outcome",
    ] as const),
    gaps: metrics.counter("redis_gap_total", "times the bus was away, so that events may have been missed"),
    ignored: metrics.counter("bus_events_ignored_total", "events on the bus that make no sense to us, by topic", [
      "topic",
    ] as const),
  };
}
