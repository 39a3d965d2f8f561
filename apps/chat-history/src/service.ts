// chat-history, wired: what it is made of and in which order it opens and closes.
import { fileURLToPath } from "node:url";
import type { Bus } from "@parley/bus";
import { channelsOf } from "@parley/contracts";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import {
  closeServer,
  createHttp,
  createMetrics,
  requireAccount,
  requireService,
  type Service,
  type Surroundings,
} from "@parley/service";
import { createVerifier } from "@parley/tokens";
import type { HistoryConfig } from "./config.ts";
import { createRecorderMetrics } from "./metrics.ts";
import { createRecorder } from "./recorder.ts";
import { getChanges, postPositions } from "./routes/internal.ts";
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
  await migrate(config.databaseUrl, migrations);
  const pool = createPool(config.databaseUrl, { log, name: "parley history" });
  lifecycle.opened("database", () => pool.end());
  const database = await watchDatabase(pool);
  lifecycle.opened("database watch", () => database.close());

  const metrics = createMetrics("chat-history");
  const recorder = createRecorder({
    ...config,
    bus,
    channels: channelsOf(partition, partitions),
    openWriter: () => openWriter(config.databaseUrl, partition),
    log,
    metrics: createRecorderMetrics(metrics),
  });
  lifecycle.opened("recorder", () => recorder.close());
  metrics.gauge("recorder_active", "1 if this process writes the partition", () => Number(recorder.state === "active"));

  const { verify } = createVerifier({
    jwksUrl: config.jwksUrl,
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
  });
  const notReady = () => [
    ...(lifecycle.closing ? ["stopping"] : []),
    ...(database.answers() ? [] : ["database"]),
    ...(bus.fault() === undefined ? [] : ["bus"]),
  ];
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
      app.get("/:roomId/messages", requireAccount(verify), getMessages(pool));
    },
  });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}
