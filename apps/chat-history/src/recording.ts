// Storing what gateways accept: the partitions that this process writes, each from its log, and messages of older services.
import type { Bus } from "@parley/bus";
import type { Partitioning } from "@parley/contracts";
import type { Metrics, Surroundings } from "@parley/service";
import type { Pool } from "pg";
import { adoptForeign } from "./adoption.ts";
import type { HistoryConfig } from "./config.ts";
import { createFailpoint } from "./failpoint.ts";
import { watchLosses } from "./losses.ts";
import { createAdoptionMetrics, createRecorderMetrics } from "./metrics.ts";
import { recordPartition } from "./recorder.ts";
import { createRecorders } from "./recorders.ts";
import { openMembers } from "./store/members.ts";
import { readName } from "./store/senders.ts";
import { openWriter } from "./store/writer.ts";

interface Options extends Surroundings {
  bus: Bus;
  partitioning: Partitioning;
  pool: Pool;
  metrics: Metrics;
}

export interface Recording {
  /** Whether messages have disappeared from the log lately, by other hands. */
  readonly hasLost: boolean;
}

export async function openRecording(
  config: HistoryConfig,
  { bus, partitioning, pool, metrics, log, lifecycle }: Options,
): Promise<Recording> {
  const { databaseUrl, partitions, roomsAutoCreate: createsRooms } = config;
  const recorderMetrics = createRecorderMetrics(metrics);
  const reached = createFailpoint(config.failpoint);
  const inserted = config.failpoint === undefined ? undefined : () => reached("after-insert");
  const losses = partitioning.all.map(() => watchLosses({ log, metrics: recorderMetrics }));
  const recorders = createRecorders({
    partitions,
    openMembers: () => openMembers(databaseUrl),
    canReach: (partition) => bus.fault(partitioning.all[partition]!.log) === undefined,
    record: (partition, recording) =>
      recordPartition(
        {
          ...config,
          bus,
          channels: partitioning.all[partition]!,
          reached,
          openWriter: () => openWriter({ databaseUrl, partition, createsRooms, inserted }),
          losses: losses[partition]!,
          log,
          metrics: recorderMetrics,
        },
        recording,
      ),
    log,
  });
  lifecycle.opened("recorders", () => recorders.close());
  metrics.gauge("recorder_active", "partitions that this process writes", () => recorders.active);
  metrics.gauge(
    "log_bytes",
    "octets that wait in the fullest log, as Redis counts them: an alarm at half of LOG_BYTES_MAX",
    () => Math.max(...partitioning.all.map(({ log: name }) => bus.logBytes({ name }))),
  );

  const adoption = adoptForeign({
    ...config,
    bus,
    partitioning,
    nameOf: (accountId) => readName(pool, accountId),
    log,
    metrics: createAdoptionMetrics(metrics),
  });
  lifecycle.opened("adoption", () => adoption.close());
  await adoption.listens;

  return {
    get hasLost() {
      return losses.some(({ lately }) => lately);
    },
  };
}
