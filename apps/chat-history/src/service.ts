// chat-history, wired: what it is made of and in which order it opens and closes.
import { fileURLToPath } from "node:url";
import { agreeOnPartitions, type Bus } from "@parley/bus";
import { createPartitioning, partitionsKey } from "@parley/contracts";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import {
  closeServer,
  ConfigFault,
  createAddressReader,
  createHttp,
  createMetrics,
  createTurns,
  type Service,
  type Surroundings,
} from "@parley/service";
import { openVerifier, refuseRevoked } from "@parley/tokens";
import { createAccessTeller } from "./access-teller.ts";
import { keepAudit } from "./audit-retention.ts";
import { createChangeQueue } from "./change-queue.ts";
import { createChangeRates } from "./change-rates.ts";
import { historyVariables, type HistoryConfig } from "./config.ts";
import { followAuth } from "./follow/follow-auth.ts";
import { openRecording } from "./recording.ts";
import { addRoutes, readInternal, type Routes } from "./routes/routes.ts";
import { createAccessReader } from "./store/access.ts";
import { createRoomChanges } from "./store/room-change.ts";

export { historyVariables, variables, type HistoryConfig } from "./config.ts";

const migrations = {
  folder: fileURLToPath(new URL("../migrations", import.meta.url)),
  schema: "chat",
  lockKey: 0x63686174, // "chat"
};

/**
 * Whatever is read comes in the order of an index, and not much of it. In a room of a million messages the planner would
 * rather read them all and sort them than look at 10,001.
 */
const byIndexOnly = {
  enable_seqscan: "off",
  enable_sort: "off",
  enable_hashjoin: "off",
  plan_cache_mode: "force_generic_plan",
};

/** Changes of rooms and members at once, and how many wait for that. */
const changesAtOnceMax = 4;
const changesWaitingMax = 1_000;
/** Connections for what this service does by itself: it follows two outboxes, ends memberships, forgets. */
const ownConnections = 4;

export async function createChatHistory(
  config: HistoryConfig,
  { log, lifecycle, bus }: Surroundings & { bus: Bus },
): Promise<Service> {
  if (config.failpoint !== undefined && config.nodeEnv === "production")
    throw new ConfigFault("FAILPOINT: refused in production");
  const { verify } = openVerifier(config);
  await migrate(config.databaseUrl, migrations);
  const pool = createPool(config.databaseUrl, { log, name: "parley history", settings: byIndexOnly });
  lifecycle.opened("database", () => pool.end());
  const database = await watchDatabase(pool);
  lifecycle.opened("database watch", () => database.close());
  const changesPool = createPool(config.databaseUrl, {
    log,
    name: "parley history changes",
    max: changesAtOnceMax + ownConnections,
  });
  lifecycle.opened("database for changes", () => changesPool.end());

  const metrics = createMetrics("chat-history");
  const partitioned = {
    partitions: config.partitions,
    key: partitionsKey,
    variable: historyVariables.partitions.name,
  };
  const agreement = await agreeOnPartitions(bus, partitioned, log);
  const partitioning = createPartitioning(config.partitions);
  const recording = await openRecording(config, { bus, partitioning, pool, metrics, log, lifecycle });

  const changes = createRoomChanges({
    pool: changesPool,
    turns: createTurns({ atOnceMax: changesAtOnceMax, waitingMax: changesWaitingMax }),
    tell: createAccessTeller({ bus, partitioning, log }),
  });
  const revocations = await followAuth(config, { bus, partitioning, pool: changesPool, changes, log, lifecycle });
  const retention = keepAudit({ ...config, pool: changesPool, log });
  lifecycle.opened("audit retention", () => retention.close());

  const notReady = () => [
    ...(lifecycle.closing ? ["stopping"] : []),
    ...(database.answers() ? [] : ["database"]),
    ...(partitioning.all.every((channels) => bus.fault(channels.log) !== undefined) ? ["bus"] : []),
    ...(agreement.isBroken ? ["partitions"] : []),
    ...(recording.hasLost ? ["log"] : []),
    ...(revocations.isLoaded ? [] : ["revocations"]),
  ];
  const isOpen = config.roomsAutoCreate;
  const { changesPerSecondMax, changesBurstMax } = config;
  const routes: Routes = {
    ...config,
    verify: refuseRevoked(verify, revocations),
    pool,
    bus,
    partitioning,
    reads: createTurns({ atOnceMax: config.readsAtOnceMax, waitingMax: config.readsWaitingMax }),
    access: createAccessReader(pool, isOpen),
    isOpen,
    changes,
    limits: config,
    rates: createChangeRates(changesPerSecondMax, changesBurstMax, () => performance.now()),
    queue: createChangeQueue(),
    addressOf: createAddressReader(config.trustedProxies),
    log,
  };
  const server = createHttp({
    log,
    metrics,
    notReady,
    translate: databaseFault,
    allowedOrigins: config.allowedOrigins,
    unread: readInternal(config.serviceToken),
    routes: (app) => addRoutes(app, routes),
  });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}
