// chat-ws, wired: what it is made of and in which order it opens and closes.
import type { Bus } from "@parley/bus";
import { channelsOf, ratesTopic, type ServerAnswer } from "@parley/contracts";
import {
  closeServer,
  ConfigFault,
  createAddressMatcher,
  createAddressReader,
  createHttp,
  createMetrics,
  createTurns,
  type Service,
  type Surroundings,
} from "@parley/service";
import { tickMs } from "@parley/stomp";
import { createVerifier } from "@parley/tokens";
import { createAdmission } from "./admission.ts";
import { createBroker } from "./broker.ts";
import type { GatewayConfig } from "./config.ts";
import { createAppends } from "./appends.ts";
import { createAudiences, untilReady, type Listener } from "./delivery.ts";
import { createDestinations } from "./destinations/index.ts";
import { subscribeFeed } from "./feed.ts";
import { createGateway } from "./gateway.ts";
import { createHealing, type Healing } from "./healing.ts";
import { createHistory, queued } from "./history.ts";
import { createLabDoors } from "./lab/doors.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { createReceipts } from "./receipts.ts";
import { tellResync } from "./rejections.ts";
import { createRooms, type Rooms } from "./rooms.ts";
import { createSendRates } from "./send-rates.ts";
import { createSessions } from "./sessions.ts";
import { createStompDoors } from "./stomp-doors.ts";

export { gatewayVariables, variables, type GatewayConfig } from "./config.ts";

const software = "parley/0.1.0";
/** What the server offers (contracts §1), in milliseconds. */
const heartBeat = { sendMs: 10_000, receiveMs: 10_000 };

/** Reads of replays: so many at once, so that they leave chat-history free for healing, and so many that wait. */
const replayReads = { atOnceMax: 16, waitingMax: 50_000 };
/** Of the time until TIMEOUT, how much a message may wait for the bus: the rest is left for it to be stored. */
const heldShare = 0.8;

export async function createChatWs(
  config: GatewayConfig,
  { log, lifecycle, bus }: Surroundings & { bus: Bus },
): Promise<Service> {
  if (config.lab === "1" && config.nodeEnv === "production") throw new ConfigFault("CHAT_LAB: refused in production");
  const channels = channelsOf(0, 1);
  const registry = createMetrics("chat-ws");
  const metrics = createGatewayMetrics(registry);
  const now = () => performance.now();
  let isStopping = false;

  // The time of the start keeps a restarted instance of the same name from being taken for its former life.
  const instanceId = `${config.serverId}.${Date.now().toString(36)}`;
  const receipts = createReceipts(instanceId, config.receiptMs, now);
  const history = createHistory(config.historyUrl, config.serviceToken);
  const rooms: Rooms<Listener> = createRooms(
    history,
    {
      openAudience: createAudiences(metrics),
      behind: (room, waitMs) => healing.behind(room, waitMs),
      resync: tellResync,
      now,
    },
    {
      history: queued(history, createTurns(replayReads)),
      replayMessagesMax: config.replayMessagesMax,
      untilReady: (listener) => untilReady(listener, config),
      isGone: ({ state }) => state === "closed",
    },
  );
  const healing: Healing<Listener> = createHealing({ ...config, history, receipts, rooms, log, metrics });
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
  const rates = await createSendRates({ ...config, bus, topic: ratesTopic, instanceId, now });
  lifecycle.opened("rates", () => rates.close());
  const appends = createAppends({
    bus,
    log: { name: channels.log, topic: channels.message },
    heldMax: config.sendsHeldMax,
    heldMs: heldShare * config.receiptMs,
    now,
  });
  registry.gauge("sends_held", "messages that wait for Redis", () => appends.held);
  const find = createDestinations({
    ...config,
    appends,
    receipts,
    rates,
    metrics,
    rooms,
  });
  const broker = createBroker({ verify: verifier.verify, find, metrics });
  const notReady = () => [...(isStopping ? ["stopping"] : []), ...(bus.fault() === undefined ? [] : ["bus"])];

  const sessions = createSessions(software, () => isStopping);
  const addressOf = createAddressReader(config.trustedProxies);
  const doors = createStompDoors({
    webSocketPath: "/ws",
    sockjsPrefix: "/ws-sockjs",
    // A frame that is somewhat too large is refused by ERROR; what is larger, with its first octets.
    messageBytesMax: 2 * config.frameBytesMax,
    log,
    addressOf,
    open: (wire) => sessions.open(wire, { broker, limits: config, outbox: config, heartBeat }),
  });
  if (config.lab === "1") doors.push(...createLabDoors({ sessions, log, addressOf }));
  const gateway = createGateway({
    doors,
    admission: createAdmission(config, createAddressMatcher(config.exemptAddresses), now),
    addressOf,
    allowedOrigins: config.allowedOrigins,
    isStopping: () => isStopping,
    turnedAway: ({ code }) => metrics.turnedAway.inc({ code }),
  });
  const server = createHttp({
    log,
    metrics: registry,
    notReady,
    allowedOrigins: config.allowedOrigins,
    unread: (request, response, next) => void (gateway.serve(request, response) || next()),
    routes: (app) =>
      app.get("/server", (_request, response) => {
        const uptimeSeconds = Math.floor(process.uptime());
        const answer: ServerAnswer = { serverId: config.serverId, sessions: sessions.size, uptimeSeconds };
        response.json(answer);
      }),
  });
  lifecycle.opened("http", () => closeServer(server));

  gateway.attach(server);
  registry.gauge("sessions", "connections that are open", () => sessions.size);
  registry.gauge("rooms", "rooms that are open", () => rooms.size);
  const ticking = setInterval(() => {
    sessions.tick(now());
    receipts.tick(now());
  }, tickMs);
  lifecycle.opened("ticking", () => clearInterval(ticking));
  lifecycle.opened("sessions", async () => {
    isStopping = true;
    await sessions.close(config.restartSpreadMs);
  });
  return { server, notReady };
}
