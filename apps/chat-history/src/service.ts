// chat-history, wired: what it is made of and in which order it opens and closes.
import { fileURLToPath } from "node:url";
import { agreeOnPartitions, type Bus } from "@parley/bus";
import { createPartitioning, partitionsKey } from "@parley/contracts";
import express, { type RequestHandler } from "express";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import {
  closeServer,
  ConfigFault,
  createAddressReader,
  createHttp,
  createMetrics,
  createTurns,
  requireAccount,
  requireService,
  type Service,
  type Surroundings,
} from "@parley/service";
import { openVerifier } from "@parley/tokens";
import { createAccessTeller } from "./access-teller.ts";
import { adoptForeign } from "./adoption.ts";
import { createChangeQueue } from "./change-queue.ts";
import { createChangeRates } from "./change-rates.ts";
import { historyVariables, type HistoryConfig } from "./config.ts";
import { createFailpoint } from "./failpoint.ts";
import { createAdoptionMetrics, createRecorderMetrics } from "./metrics.ts";
import { watchLosses } from "./losses.ts";
import { recordPartition } from "./recorder.ts";
import { createRecorders } from "./recorders.ts";
import { getAccess, postAccess, postAccessChanges } from "./routes/access.ts";
import { getChanges, getReplay, postPositions } from "./routes/internal.ts";
import { patchMessage, removeMessage } from "./routes/message.ts";
import { getMessages } from "./routes/messages.ts";
import { addRoomRoutes, type RoomRoutes } from "./routes/room-routes.ts";
import { putDirectRoomFor } from "./routes/rooms.ts";
import { createAccessReader } from "./store/access.ts";
import { createPageReader } from "./store/messages.ts";
import { createRoomChanges } from "./store/room-change.ts";
import { readName } from "./store/senders.ts";
import { openMembers } from "./store/members.ts";
import { openWriter } from "./store/writer.ts";

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

  const metrics = createMetrics("chat-history");
  const recorderMetrics = createRecorderMetrics(metrics);
  const reached = createFailpoint(config.failpoint);
  const inserted = config.failpoint === undefined ? undefined : () => reached("after-insert");
  const { partitions } = config;
  const partitioned = { partitions, key: partitionsKey, variable: historyVariables.partitions.name };
  const agreement = await agreeOnPartitions(bus, partitioned, log);
  const partitioning = createPartitioning(partitions);
  const losses = Array.from({ length: partitions }, () => watchLosses({ log, metrics: recorderMetrics }));
  const recorders = createRecorders({
    partitions,
    openMembers: () => openMembers(config.databaseUrl),
    canReach: (partition) => bus.fault(partitioning.all[partition]!.log) === undefined,
    record: (partition, recording) =>
      recordPartition(
        {
          ...config,
          bus,
          channels: partitioning.all[partition]!,
          reached,
          openWriter: () => openWriter({ ...config, partition, createsRooms: config.roomsAutoCreate, inserted }),
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

  const notReady = () => [
    ...(lifecycle.closing ? ["stopping"] : []),
    ...(database.answers() ? [] : ["database"]),
    ...(partitioning.all.every((channels) => bus.fault(channels.log) !== undefined) ? ["bus"] : []),
    ...(agreement.isBroken ? ["partitions"] : []),
    ...(losses.some(({ lately }) => lately) ? ["log"] : []),
  ];
  const reads = createTurns({ atOnceMax: config.readsAtOnceMax, waitingMax: config.readsWaitingMax });
  const { changesPerSecondMax, changesBurstMax } = config;
  const rates = createChangeRates(changesPerSecondMax, changesBurstMax, () => performance.now());
  const addressOf = createAddressReader(config.trustedProxies);
  const messageOptions = {
    ...config,
    pool,
    bus,
    partitioning,
    rates,
    queue: createChangeQueue(),
    isOpen: config.roomsAutoCreate,
    addressOf,
    log,
  };
  const changesPool = createPool(config.databaseUrl, { log, name: "parley history changes", max: changesAtOnceMax });
  lifecycle.opened("database for changes", () => changesPool.end());
  const access = createAccessReader(pool, config.roomsAutoCreate);
  const changes = createRoomChanges({
    pool: changesPool,
    turns: createTurns({ atOnceMax: changesAtOnceMax, waitingMax: changesWaitingMax }),
    tell: createAccessTeller({ bus, partitioning, log }),
  });
  const roomRoutes: RoomRoutes = {
    pool,
    reads,
    access,
    changes,
    rates,
    limits: config,
    isOpen: config.roomsAutoCreate,
    addressOf,
  };
  const server = createHttp({
    log,
    metrics,
    unread: readInternal(config.serviceToken),
    notReady,
    translate: databaseFault,
    allowedOrigins: config.allowedOrigins,
    routes(app) {
      app.get("/internal/rooms/:roomId/access/:accountId", getAccess(access));
      app.post("/internal/access", postAccess(access));
      app.post("/internal/access/changes", postAccessChanges(access));
      app.put("/internal/rooms/direct", putDirectRoomFor(roomRoutes));
      app.post("/internal/positions", postPositions(pool));
      app.get("/internal/rooms/:roomId/changes", getChanges(pool));
      app.get("/internal/rooms/:roomId/messages", getReplay(pool));
      const account = requireAccount(verify);
      addRoomRoutes(app, account, roomRoutes);
      app.get("/:roomId/messages", account, getMessages(createPageReader(pool, config.roomsAutoCreate), reads));
      app.patch("/:roomId/messages/:id", account, patchMessage(messageOptions));
      app.delete("/:roomId/messages/:id", account, removeMessage(messageOptions));
    },
  });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}

/** Changes of rooms and members at once, and how many wait for that. */
const changesAtOnceMax = 4;
const changesWaitingMax = 1_000;

/** Questions of gateways about a thousand places are longer than what anybody else may say. */
const internalBodyBytesMax = "512kb";

function readInternal(serviceToken: string): RequestHandler {
  const internal = express.Router({ caseSensitive: true });
  internal.use("/internal", requireService(serviceToken), express.json({ limit: internalBodyBytesMax }));
  return internal;
}
