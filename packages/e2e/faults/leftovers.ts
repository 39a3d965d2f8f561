// What services hold: connections, rooms, channels, timers, memory. What is in use comes and goes; the least of several
// looks is what stays.
import { setTimeout as sleep } from "node:timers/promises";
import { collectGarbage, evaluateInside } from "./inspector.ts";
import type { Load } from "./load.ts";
import { readUsage } from "./process-tree.ts";
import { readSessions } from "./slow-readers.ts";
import type { Stack } from "./stack.ts";

export interface Holdings {
  /** Connections of all chat-ws together. */
  sessions: number;
  /** Rooms that are open in the chat-ws that has the most. */
  rooms: number;
  /** Subscriptions to channels of Redis, of all services together. */
  channels: number;
  /** Of all chat-ws; those of chat-history come and go with its connections to PostgreSQL. */
  timers: number;
  /** Of each service, in MiB. */
  memory: Map<string, number>;
}

const quietMs = 2_000;
const looks = 20;
const everyMs = 200;
const timers = `process.getActiveResourcesInfo().filter((name) => name === "Timeout").length`;

/** Takes a few seconds, in which the load says nothing: what is under way is not what is left. */
export async function readHoldings(stack: Stack, load: Load): Promise<Holdings> {
  const { perSecond } = load;
  load.setRate(0);
  await sleep(quietMs);
  const holdings = await readQuiet(stack);
  load.setRate(perSecond);
  return holdings;
}

async function readQuiet(stack: Stack): Promise<Holdings> {
  await Promise.all(stack.services.map((service) => collectGarbage(service)));
  const all: Holdings[] = [];
  for (let look = 0; look < looks; look++) {
    all.push(await lookOnce(stack));
    await sleep(everyMs);
  }
  const least = (pick: (holdings: Holdings) => number) => Math.min(...all.map(pick));
  return {
    sessions: least(({ sessions }) => sessions),
    rooms: least(({ rooms }) => rooms),
    channels: least(({ channels }) => channels),
    timers: least((holdings) => holdings.timers),
    memory: new Map(stack.services.map(({ name }) => [name, least(({ memory }) => memory.get(name) ?? NaN)])),
  };
}

async function lookOnce({ services, gateways, redisClient }: Stack): Promise<Holdings> {
  const names = (await redisClient.call("PUBSUB", "CHANNELS")) as string[];
  const subscribers = (await redisClient.call("PUBSUB", "NUMSUB", ...names)) as (string | number)[];
  const rooms = await Promise.all(gateways.map((gateway) => gateway.readMetric("rooms")));
  const counts = await Promise.all(gateways.map((gateway) => evaluateInside<number>(gateway, timers)));
  const usages = await Promise.all(services.map(({ pid }) => readUsage(pid)));
  return {
    sessions: await readSessions(gateways),
    rooms: Math.max(...rooms.map((count) => count ?? NaN)),
    channels: subscribers.filter((_, place) => place % 2 === 1).reduce<number>((sum, count) => sum + Number(count), 0),
    timers: counts.reduce((sum, count) => sum + count, 0),
    memory: new Map(services.map(({ name }, n) => [name, usages[n]?.residentMiB ?? NaN])),
  };
}
