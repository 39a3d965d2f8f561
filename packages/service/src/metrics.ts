// The metrics of one service. Labels hold codes and kinds only, never room names or account ids (cardinality).
import * as prometheus from "prom-client";

export interface Metrics {
  registry: prometheus.Registry;
  counter<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): Counter<L>;
  /** @param buckets upper bounds, in the metric's unit */
  histogram(name: string, help: string, buckets: number[]): Histogram;
  gauge(name: string, help: string, read: () => number): void;
}

export interface Counter<L extends string> {
  inc(labels: Record<L, string>, by?: number): void;
  inc(by?: number): void;
}

export interface Histogram {
  observe(value: number): void;
  /** Returns how to end it; what passed is observed in seconds. */
  startTimer(): () => void;
}

export function createMetrics(service: string): Metrics {
  const registry = new prometheus.Registry();
  const registers = [registry];
  registry.setDefaultLabels({ service });
  prometheus.collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter: (name, help, labelNames = []) => new prometheus.Counter({ name, help, labelNames, registers }),
    histogram: (name, help, buckets) => new prometheus.Histogram({ name, help, buckets, registers }),
    gauge(name, help, read) {
      new prometheus.Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
  };
}
