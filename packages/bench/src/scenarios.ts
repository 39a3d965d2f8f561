// What is measured, and what is wanted of it: the scenarios S-1 to S-4.
import type { Load } from "./generator/job.ts";
import type { PeerName, ScenarioName } from "./options.ts";

export interface LoadScenario {
  kind: "load";
  title: string;
  servers: number;
  load: Omit<Load, "kind" | "ports" | "dialect" | "tokens" | "warmMs" | "measureMs">;
  /** Who takes part. */
  peers: PeerName[];
}

export interface IdleScenario {
  kind: "idle";
  title: string;
  connections: number;
  rooms: number;
  atOnce: number;
  peers: PeerName[];
}

const closed = { perSecond: 0, ownIds: false };
const everybody: PeerName[] = ["parley", "socketio-redis", "socketio", "ws", "net", "rabbitmq"];

export const scenarios: Record<ScenarioName | "S-1 own ids", LoadScenario | IdleScenario> = {
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
};
