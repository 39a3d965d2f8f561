// The standard load: many connections over all gateways, some rooms busier than others, every SEND with a RECEIPT.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../fuzz/streams.ts";
import { roomCalls } from "../src/rooms.ts";
import { Client } from "./client.ts";
import { startEditing } from "./editing.ts";
import { openSpeaker, type Speaker } from "./people.ts";
import { probe, startPoller } from "./readers.ts";
import { createRecording, type Recording, type SentMessage } from "./recording.ts";
import type { Stack } from "./stack.ts";

export interface LoadOptions {
  connections: number;
  rooms: number;
  perSecond: number;
  /** Rooms of which half the messages are. */
  busyRooms: number;
  /** Least and most rooms of a connection. */
  roomsEach: [number, number];
  speakers: number;
  /** Share of the connections that go away and come back now and then. */
  travellers: number;
  /** Share of the RECEIPTs that are followed by a look into history. */
  probes: number;
  pollers: number;
  /** Edits and deletions, in a ratio of 3 to 1. */
  editsPerSecond: number;
  /** Whether clients resume by `after`. */
  resumes: boolean;
  /** Whether one must be a member of a room, as all speakers are. */
  isPrivate: boolean;
  /** Characters of a message at least. */
  contentLength: number;
  seed: number;
}

export const standardLoad: LoadOptions = {
  connections: 200,
  rooms: 50,
  perSecond: 200,
  busyRooms: 10,
  roomsEach: [2, 4],
  speakers: 5,
  travellers: 0.1,
  probes: 0.05,
  pollers: 5,
  editsPerSecond: 2,
  resumes: true,
  isPrivate: false,
  contentLength: 20,
  seed: 1,
};

export interface Load {
  recording: Recording;
  clients: Client[];
  rooms: string[];
  readonly sent: number;
  readonly receipted: number;
  /** Of somebody who may read. */
  reader: Speaker;
  /** Another connection beside those of the load, to these rooms; over these gateways only, and for this account. */
  addClient(rooms: string[], gateways?: string[], speaker?: Speaker): Client;
  /** Makes one more message, over whoever is in the room. @param content what it begins with */
  send(roomId: string, content?: string): void;
  readonly perSecond: number;
  setRate(perSecond: number): void;
  /** No new messages; what is un-receipted is repeated until it is, or the time is over. */
  drain(msMax: number): Promise<void>;
  close(): void;
}

const tickMs = 20;
const journeyMs = 15_000;

export async function startLoad(stack: Stack, options: LoadOptions): Promise<Load> {
  const { connections, busyRooms, roomsEach, resumes } = options;
  const random = createRandom(options.seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const recording = createRecording();
  const run = randomUUID().slice(0, 8);
  const rooms = Array.from({ length: options.rooms }, (_, n) => `f-${run}-${n}`);
  const speakers = await Promise.all(
    Array.from({ length: options.speakers }, (_, n) => openSpeaker(stack.auth.url, `Speaker ${n}`)),
  );
  if (options.isPrivate) await makePrivate(stack.historyUrl, rooms, speakers);
  const reading = { historyUrl: stack.historyUrl, speaker: speakers[0]! };
  const editing = startEditing(stack.historyUrl, speakers, options.editsPerSecond, random);

  let receipted = 0;
  function wasReceipted(message: SentMessage) {
    receipted++;
    if (random() < options.probes) void probe(reading, message, recording);
  }

  const clients: Client[] = [];
  const senders = new Map<string, Client[]>(rooms.map((room) => [room, []]));
  function open(ownRooms: string[], gateways = stack.gateways.map(({ url }) => url), own?: Speaker): Client {
    const number = clients.length;
    const client = new Client({
      number,
      gateways,
      speaker: own ?? speakers[number % speakers.length]!,
      rooms: ownRooms,
      recording,
      random,
      resumes,
      // Half of them ask for all there is, which is nothing yet; the others only go live.
      ...(resumes && number % 2 === 0 ? { first: 0 } : {}),
      receipted: wasReceipted,
      confirmed: (message) => editing.offer(message),
    });
    clients.push(client);
    return client;
  }
  for (let n = 0; n < connections; n++) {
    const own = new Set([rooms[n % rooms.length]!]);
    for (const count = roomsEach[0] + Math.floor(random() * (roomsEach[1] - roomsEach[0] + 1)); own.size < count;)
      own.add(pick(rooms));
    const client = open([...own]);
    for (const room of own) senders.get(room)!.push(client);
  }
  const deadlineMs = performance.now() + 30_000;
  while (!clients.every(({ stands }) => stands)) {
    if (performance.now() > deadlineMs) throw new Error("the connections of the load do not stand after 30 s");
    await sleep(50);
  }

  function send(roomId: string, content = "message") {
    const client = pick(senders.get(roomId)!);
    const number = clients.indexOf(client);
    const message: SentMessage = {
      tempId: randomUUID(),
      roomId,
      sender: speakers[number % speakers.length]!.accountId,
      content: `${content} ${recording.sends.length} `.padEnd(options.contentLength, "x"),
      client: number,
      attempts: [],
    };
    recording.sends.push(message);
    client.send(message);
  }

  let { perSecond } = options;
  let owed = 0;
  let lastMs = performance.now();
  const ticking = setInterval(() => {
    const nowMs = performance.now();
    owed += ((nowMs - lastMs) / 1_000) * perSecond;
    lastMs = nowMs;
    for (; owed >= 1; owed--) send(random() < 0.5 ? pick(rooms.slice(0, busyRooms)) : pick(rooms.slice(busyRooms)));
  }, tickMs);
  const travellers = clients.slice(0, Math.round(connections * options.travellers));
  const travelling = setInterval(
    () => travellers.length > 0 && pick(travellers).reconnect(),
    journeyMs / Math.max(1, travellers.length),
  );
  const stopPollers = rooms.slice(0, options.pollers).map((room) => startPoller(reading, room, recording));

  function stopSending() {
    clearInterval(ticking);
    clearInterval(travelling);
    editing.stop();
  }
  return {
    recording,
    clients,
    rooms,
    get sent() {
      return recording.sends.length;
    },
    get receipted() {
      return receipted;
    },
    reader: speakers[0]!,
    addClient: open,
    send,
    get perSecond() {
      return perSecond;
    },
    setRate: (next) => (perSecond = next),
    async drain(msMax) {
      stopSending();
      const endMs = performance.now() + msMax;
      while (clients.some(({ unreceipted }) => unreceipted > 0) && performance.now() < endMs) await sleep(100);
      await Promise.all(stopPollers.map((stop) => stop()));
    },
    close() {
      stopSending();
      for (const client of clients) client.close();
      for (const speaker of speakers) speaker.close();
    },
  };
}

/** Rooms of the first, with all others in them. */
async function makePrivate(historyUrl: string, rooms: string[], [owner, ...others]: Speaker[]): Promise<void> {
  const calls = roomCalls(historyUrl, owner!);
  for (const roomId of rooms) {
    await calls.make(roomId, "private");
    for (const { accountId } of others) await calls.put(roomId, accountId);
  }
}
