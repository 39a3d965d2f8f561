// What is measured: the scenarios S-1 to S-8. What is wanted of each is said with the verdicts.
import type { BacklogOptions } from "./backlog.ts";
import type { Load, Sending } from "./generator/job.ts";
import type { PeerName, ScenarioName } from "./options.ts";

interface LoadScenario {
  kind: "load";
  title: string;
  servers: number;
  load: Omit<Load, "kind" | "ports" | "dialect" | "tokens" | "warmMs" | "measureMs">;
  /** Who takes part. */
  peers: PeerName[];
}

interface IdleScenario {
  kind: "idle";
  title: string;
  connections: number;
  rooms: number;
  atOnce: number;
  peers: PeerName[];
}

/** Parley alone, and every message with a RECEIPT; everything runs on both cores, the generator too. */
interface SendingScenario {
  kind: "sending";
  title: string;
  sending: Omit<Sending, "kind" | "ports" | "dialect" | "tokens" | "warmMs" | "measureMs">;
  peers: ["parley"];
}

/** chat-history alone, on both cores. */
interface BacklogScenario {
  kind: "backlog";
  title: string;
  backlog: Omit<BacklogOptions, "entries" | "partitions">;
  peers: ["parley"];
}

const closed = { perSecond: 0, ownIds: false };
const everybody: PeerName[] = ["parley", "socketio-redis", "socketio", "ws", "net", "rabbitmq"];

/** Enough that a batch gathers while another is committed. */
const sending = { senders: 100, isSubscribed: false, depth: 20, perSecond: 0 };

type Scenario = LoadScenario | IdleScenario | SendingScenario | BacklogScenario;

export const scenarios: Record<ScenarioName | "S-1 own ids" | "S-5 subscribed", Scenario> = {
  "S-1": {
    kind: "load",
    title: "one room, 1,000 subscribers, closed loop, 16 messages under way",
    servers: 1,
    load: { ...closed, rooms: 1, subscribersPerRoom: 1_000, publishersPerRoom: 4, depth: 4 },
    peers: everybody,
  },
  "S-1 own ids": {
    kind: "load",
    title: "the same, each subscriber with a subscription id of its own",
    servers: 1,
    load: { ...closed, ownIds: true, rooms: 1, subscribersPerRoom: 1_000, publishersPerRoom: 4, depth: 4 },
    peers: ["parley"],
  },
  "S-2": {
    kind: "load",
    title: "100 rooms of 10 subscribers, closed loop, 2 messages under way in each",
    servers: 1,
    load: { ...closed, rooms: 100, subscribersPerRoom: 10, publishersPerRoom: 1, depth: 2 },
    peers: everybody,
  },
  "S-3": {
    kind: "load",
    title: "100 rooms of 10 subscribers at 480 messages/s at random moments, two servers",
    servers: 2,
    load: { rooms: 100, subscribersPerRoom: 10, publishersPerRoom: 1, depth: 0, perSecond: 480, ownIds: false },
    peers: ["parley", "socketio-redis"],
  },
  "S-4": {
    kind: "idle",
    title: "5,000 idle connections, authenticated and subscribed",
    connections: 5_000,
    rooms: 100,
    atOnce: 64,
    peers: ["parley", "socketio", "ws", "net"],
  },
  "S-5": {
    kind: "sending",
    title:
      "committed messages with RECEIPT, 100 senders, 100 rooms, closed loop, 20 under way for each sender; " +
      "everything on both cores, the generator too",
    sending: { ...sending, rooms: 100 },
    peers: ["parley"],
  },
  "S-5 subscribed": {
    kind: "sending",
    title: "the same, each sender subscribed to its room: a preview and a confirmation more for every message",
    sending: { ...sending, rooms: 100, isSubscribed: true },
    peers: ["parley"],
  },
  "S-6": {
    kind: "sending",
    title:
      "send → RECEIPT at 1,000 messages/s at random moments, 100 senders, 100 rooms; " +
      "everything on both cores, the generator too",
    sending: { ...sending, rooms: 100, depth: 0, perSecond: 1_000 },
    peers: ["parley"],
  },
  "S-7": {
    kind: "backlog",
    title:
      "a backlog of 100 senders in 100 rooms, drained by one chat-history, counted from its first commit to its last; " +
      "on both cores",
    backlog: { rooms: 100, senders: 100 },
    peers: ["parley"],
  },
  "S-8": {
    kind: "sending",
    title:
      "one hot room, committed: as S-5, all 100 senders in one room, 20 under way for each; " +
      "everything on both cores, the generator too",
    sending: { ...sending, rooms: 1 },
    peers: ["parley"],
  },
};
