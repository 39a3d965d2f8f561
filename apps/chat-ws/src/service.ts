// chat-ws, wired: what it is made of and in which order it opens and closes.
import type { Bus } from "@parley/bus";
import { channelsOf, type ServerAnswer } from "@parley/contracts";
import { closeServer, createHttp, createMetrics, type Service, type Surroundings } from "@parley/service";
import { tickMs } from "@parley/stomp";
import { createVerifier } from "@parley/tokens";
import { createBroker } from "./broker.ts";
import type { GatewayConfig } from "./config.ts";
import { createDelivery, type Listener } from "./delivery.ts";
import { createDestinations } from "./destinations/index.ts";
import { subscribeFeed } from "./feed.ts";
import { createGateway } from "./gateway.ts";
import { createHealing, type Healing } from "./healing.ts";
import { createHistory } from "./history.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { createReceipts } from "./receipts.ts";
import { tellResync } from "./rejections.ts";
import { createRooms, type Rooms } from "./rooms.ts";

export { gatewayVariables, variables, type GatewayConfig } from "./config.ts";

const software = "parley/0.1.0";

export async function createChatWs(
  config: GatewayConfig,
  { log, lifecycle, bus }: Surroundings & { bus: Bus },
): Promise<Service> {
  const channels = channelsOf(0, 1);
  const registry = createMetrics("chat-ws");
  const metrics = createGatewayMetrics(registry);
  const now = () => performance.now();
  let isStopping = false;

  const receipts = createReceipts(config.serverId, config.receiptMs, now);
  const history = createHistory(config.historyUrl, config.serviceToken);
  const rooms: Rooms<Listener> = createRooms(history, {
    deliver: createDelivery(metrics),
    behind: (room, waitMs) => healing.behind(room, waitMs),
    resync: tellResync,
    now,
  });
  const healing: Healing<Listener> = createHealing({ history, receipts, rooms, log, metrics });
  lifecycle.opened("healing", () => healing.close());

  await subscribeFeed({ bus, channels, rooms, receipts, metrics });
  bus.onGap(() => {
    metrics.gaps.inc();
    void healing.checkAll();
  });

  const verifier = createVerifier({
    jwksUrl: config.jwksUrl,
    issuer: config.tokenIssuer,
    audience: config.tokenAudience,
  });
  const find = createDestinations({ ...config, bus, channels, receipts, metrics, rooms, isStopping: () => isStopping });
  const broker = createBroker({ verify: verifier.verify, find, metrics });
  const notReady = () => [...(isStopping ? ["stopping"] : []), ...(bus.fault() === undefined ? [] : ["bus"])];
  const gateway = createGateway({ ...config, broker, log, software, isStopping: () => isStopping });
  const server = createHttp({
    log,
    metrics: registry,
    notReady,
    allowedOrigins: config.allowedOrigins,
    unread: (request, response, next) => void (gateway.serve(request, response) || next()),
    routes: (app) =>
      app.get("/server", (_request, response) => {
        const uptimeSeconds = Math.floor(process.uptime());
        const answer: ServerAnswer = { serverId: config.serverId, sessions: gateway.sessions, uptimeSeconds };
        response.json(answer);
      }),
  });
  lifecycle.opened("http", () => closeServer(server));

  gateway.attach(server);
  registry.gauge("sessions", "connections that are open", () => gateway.sessions);
  registry.gauge("rooms", "rooms that are open", () => rooms.size);
  const ticking = setInterval(() => {
    gateway.tick(now());
    receipts.tick(now());
  }, tickMs);
  lifecycle.opened("ticking", () => clearInterval(ticking));
  lifecycle.opened("gateway", async () => {
    isStopping = true;
    await receipts.drained();
    await gateway.close(config.restartSpreadMs);
  });
  return { server, notReady };
}
