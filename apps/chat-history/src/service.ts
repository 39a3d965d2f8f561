// chat-history, wired: what it is made of and in which order it opens and closes.
import { fileURLToPath } from "node:url";
import type { Bus } from "@parley/bus";
import { channelsOf } from "@parley/contracts";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import {
  closeServer,
  ConfigFault,
  createHttp,
  createMetrics,
  createTurns,
  requireAccount,
  requireService,
  type Service,
  type Surroundings,
} from "@parley/service";
import { createVerifier } from "@parley/tokens";
import { createChangeQueue } from "./change-queue.ts";
import { createChangeRates } from "./change-rates.ts";
import type { HistoryConfig } from "./config.ts";
import { createFailpoint } from "./failpoint.ts";
import { createRecorderMetrics } from "./metrics.ts";
import { createRecorder } from "./recorder.ts";
import { getChanges, getReplay, postPositions } from "./routes/internal.ts";
import { patchMessage, removeMessage } from "./routes/message.ts";
import { getMessages } from "./routes/messages.ts";
import { openWriter } from "./store/writer.ts";

export { historyVariables, variables, type HistoryConfig } from "./config.ts";

const partition = 0;
const partitions = 1;
const migrations = {
  folder: fileURLToPath(new URL("../migrations", import.meta.url)),
  schema: "chat",
  lockKey: 0x63686174, // "chat"
};

export async function createChatHistory(
  config: HistoryConfig,
  { log, lifecycle, bus }: Surroundings & { bus: Bus },
): Promise<Service> {
  if (config.failpoint !== undefined && config.nodeEnv === "production")
    throw new ConfigFault("FAILPOINT: refused in production");
  await migrate(config.databaseUrl, migrations);
  const pool = createPool(config.databaseUrl, { log, name: "parley history" });
  lifecycle.opened("database", () => pool.end());
  const database = await watchDatabase(pool);
  lifecycle.opened("database watch", () => database.close());

  const channels = channelsOf(partition, partitions);
  const metrics = createMetrics("chat-history");
  const reached = createFailpoint(config.failpoint);
  const inserted = config.failpoint === undefined ? undefined : () => reached("after-insert");
  const recorder = createRecorder({
    ...config,
    bus,
    channels,
    reached,
    openWriter: () => openWriter(config.databaseUrl, partition, inserted),
    log,
    metrics: createRecorderMetrics(metrics),
  });
  lifecycle.opened("recorder", () => recorder.close());
  metrics.gauge("recorder_active", "1 if this process writes the partition", () => Number(recorder.state === "active"));

  metrics.gauge(
    "log_bytes",
    "octets that wait in the log, as Redis counts them: an alarm at half of LOG_BYTES_MAX",
    () => bus.logBytes({ name: channels.log }),
  );

  const { verify } = createVerifier({
    jwksUrl: config.jwksUrl,
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
  });
  const notReady = () => [
    ...(lifecycle.closing ? ["stopping"] : []),
    ...(database.answers() ? [] : ["database"]),
    ...(bus.fault() === undefined ? [] : ["bus"]),
    ...(recorder.lostLately ? ["log"] : []),
  ];
  const reads = createTurns({ atOnceMax: config.readsAtOnceMax, waitingMax: config.readsWaitingMax });
  const { changesPerSecondMax, changesBurstMax } = config;
  const rates = createChangeRates(changesPerSecondMax, changesBurstMax, () => performance.now());
  const messageOptions = { ...config, pool, bus, channels, rates, queue: createChangeQueue(), log };
  const server = createHttp({
    log,
    metrics,
    notReady,
    translate: databaseFault,
    allowedOrigins: config.allowedOrigins,
    routes(app) {
      app.use("/internal", requireService(config.serviceToken));
      app.post("/internal/positions", postPositions(pool));
      app.get("/internal/rooms/:roomId/changes", getChanges(pool));
      app.get("/internal/rooms/:roomId/messages", getReplay(pool));
      const account = requireAccount(verify);
      app.get("/:roomId/messages", account, getMessages(pool, reads));
      app.patch("/:roomId/messages/:id", account, patchMessage(messageOptions));
      app.delete("/:roomId/messages/:id", account, removeMessage(messageOptions));
    },
  });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}
