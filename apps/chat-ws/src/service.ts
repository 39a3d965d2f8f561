// chat-ws, wired: what it is made of and in which order it opens and closes.
import { agreeOnPartitions, type Bus } from "@parley/bus";
import type { Rates } from "@parley/rates";
import {
  createPartitioning,
  partitionsKey,
  ratesTopic,
  type Channels,
  type Identity,
  type ServerAnswer,
} from "@parley/contracts";
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
import { openVerifier, refuseRevoked, requireLogin as requireOpenLogin } from "@parley/tokens";
import { createAccess } from "./access.ts";
import { createAdmission } from "./admission.ts";
import { createBroker } from "./broker.ts";
import { createConnectRates } from "./connect-rates.ts";
import { gatewayVariables, type GatewayConfig } from "./config.ts";
import { createAppends, type Lane } from "./appends.ts";
import { createAudiences, untilReady, type Listener } from "./delivery.ts";
import { createDestinations } from "./destinations/index.ts";
import { subscribeFeed } from "./feed.ts";
import { createFeeds, type Feeds } from "./feeds.ts";
import { createGateway } from "./gateway.ts";
import { createHealing, type Healing } from "./healing.ts";
import { createHistory, queued } from "./history.ts";
import { createLabDoors } from "./lab/doors.ts";
import { createLogins } from "./logins.ts";
import { createGatewayMetrics } from "./metrics.ts";
import { createReceipts } from "./receipts.ts";
import { tellResync } from "./rejections.ts";
import { createRooms, type Rooms } from "./rooms.ts";
import { createSendRates } from "./send-rates.ts";
import { createSessions } from "./sessions.ts";
import { Seat } from "./seat.ts";
import { createStompDoors } from "./stomp-doors.ts";
import { watchAccess } from "./watch-access.ts";

export { gatewayVariables, variables, type GatewayConfig } from "./config.ts";

const software = "parley/0.1.0";
/** What the server offers (contracts §1), in milliseconds. */
const heartBeat = { sendMs: 10_000, receiveMs: 10_000 };

/** Reads of replays: so many at once, so that they leave chat-history free for healing, and so many that wait. */
const replayReads = { atOnceMax: 16, waitingMax: 50_000 };
/** Of the time until TIMEOUT, how much a message may wait for the bus: the rest is left for it to be stored. */
const heldShare = 0.8;

/** How often it is looked for partitions that are listened to in vain, in milliseconds. */
const sweepMs = 30_000;

export async function createChatWs(
  config: GatewayConfig,
  { log, lifecycle, bus, rates }: Surroundings & { bus: Bus; rates: Rates },
): Promise<Service> {
  if (config.lab === "1" && config.nodeEnv === "production") throw new ConfigFault("CHAT_LAB: refused in production");
  const verifier = openVerifier(config);
  const { partitions } = config;
  const partitioned = { partitions, key: partitionsKey, variable: gatewayVariables.partitions.name };
  const agreement = await agreeOnPartitions(bus, partitioned, log);
  const partitioning = createPartitioning(partitions);
  const registry = createMetrics("chat-ws");
  const metrics = createGatewayMetrics(registry);
  const now = () => performance.now();
  let isStopping = false;

  // The time of the start keeps a restarted instance of the same name from being taken for its former life.
  const instanceId = `${config.serverId}.${Date.now().toString(36)}`;
  const receipts = createReceipts(instanceId, config.receiptMs, now);
  const history = createHistory(config.historyUrl, config.serviceToken);
  const feeds: Feeds = createFeeds((channels) => subscribeFeed(channels, { bus, rooms, receipts, metrics }), now);
  const rooms: Rooms<Listener> = createRooms(
    (roomId) => feeds.use(partitioning.of(roomId)),
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
      isGone: (listener) => listener.state === "closed" || Seat.of(listener)?.isEnded === true,
    },
  );
  const healing: Healing<Listener> = createHealing({ ...config, history, receipts, rooms, log, metrics });
  lifecycle.opened("healing", () => healing.close());

  // Who has just started may be wanted everywhere at once. What is away now is asked for again by whoever needs it.
  await Promise.allSettled(partitioning.all.map((channels) => feeds.use(channels)));
  bus.onGap((concerns) => {
    metrics.gaps.inc();
    void healing.checkAfterGap((roomId) => concerns(partitioning.of(roomId).timestamp));
    void watch.check();
  });

  const access = createAccess({ history, metrics, now });
  const logins = createLogins(config, now);
  const watch = await watchAccess({ ...config, bus, partitioning, access, logins, log });
  lifecycle.opened("access watch", () => watch.close());
  const verify = refuseRevoked(verifier.verify, watch.revocations);
  const requireLogin = (identity: Identity) => requireOpenLogin(watch.revocations, identity);
  const isExempt = createAddressMatcher(config.exemptAddresses);
  const sendRates = await createSendRates({ ...config, bus, topic: ratesTopic, instanceId, now });
  lifecycle.opened("rates", () => sendRates.close());
  const lanes = new Map<Channels, Lane>(
    partitioning.all.map((channels) => [
      channels,
      {
        log: { name: channels.log, topic: channels.message },
        fault: () => bus.fault(channels.log) ?? feeds.lacks(channels),
      },
    ]),
  );
  const appends = createAppends({
    bus,
    laneOf: (roomId) => lanes.get(partitioning.of(roomId))!,
    heldMax: config.sendsHeldMax,
    heldMs: heldShare * config.receiptMs,
    now,
  });
  registry.gauge("sends_held", "messages that wait for Redis", () => appends.held);
  const find = createDestinations({
    ...config,
    appends,
    receipts,
    rates: sendRates,
    metrics,
    rooms,
    access,
    logins,
    verify,
    requireLogin,
    now,
  });
  const connectRates = createConnectRates(rates, { ...config, isExempt });
  const broker = createBroker({ verify, requireLogin, connectRates, logins, find, metrics });
  /** Of a Redis Cluster one node may be away: whoever is in the other partitions is served. */
  const isBusAway = () => partitioning.all.every((channels) => bus.fault(channels.log) !== undefined);
  const notReady = () => [
    ...(isStopping ? ["stopping"] : []),
    ...(isBusAway() ? ["bus"] : []),
    ...(agreement.isBroken ? ["partitions"] : []),
    ...(watch.isBlind ? ["access"] : []),
  ];

  const sessions = createSessions(software, () => isStopping);
  const addressOf = createAddressReader(config.trustedProxies);
  const doors = createStompDoors({
    webSocketPath: "/ws",
    sockjsPrefix: "/ws-sockjs",
    // A frame that is somewhat too large is refused by ERROR; what is larger, with its first octets.
    messageBytesMax: 2 * config.frameBytesMax,
    log,
    addressOf,
    open: (wire, address) => sessions.open(wire, address, { broker, limits: config, outbox: config, heartBeat }),
  });
  if (config.lab === "1") doors.push(...createLabDoors({ sessions, log, addressOf }));
  const gateway = createGateway({
    doors,
    admission: createAdmission(config, isExempt, now),
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
    logins.tick();
  }, tickMs);
  lifecycle.opened("ticking", () => clearInterval(ticking));
  if (partitions > 1) {
    const channelsInUse = () => new Set([...rooms.all()].map(({ roomId }) => partitioning.of(roomId)));
    const sweeping = setInterval(() => feeds.sweep(channelsInUse()), sweepMs);
    lifecycle.opened("sweeping", () => clearInterval(sweeping));
  }
  lifecycle.opened("sessions", async () => {
    isStopping = true;
    await sessions.close(config.restartSpreadMs);
  });
  return { server, notReady };
}
