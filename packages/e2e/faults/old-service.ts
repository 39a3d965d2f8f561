// A stand-in for the services from before Parley: it publishes messages on the plain channel, without `via`, and listens for
// their timestamps. It knows nothing else of us.
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { plainChannels } from "@parley/contracts";

interface OldMessage {
  tempId: string;
  sender: string;
  content: string;
  roomId: string;
}

export interface OldService {
  publish(roomId: string): Promise<OldMessage>;
  /** What nobody can confirm. */
  publishWithoutTempId(roomId: string): Promise<void>;
  /** By tempId: when each confirmation came, and the seq it told. */
  readonly confirmations: Map<string, { atMs: number; seq: number }[]>;
  close(): void;
}

const senders = 7;

export async function startOldService(redisUrl: string): Promise<OldService> {
  const publisher = new Redis(redisUrl);
  const listener = new Redis(redisUrl);
  const confirmations: OldService["confirmations"] = new Map();
  let published = 0;
  listener.on("message", (_channel: string, payload: string) => {
    const { tempId, seq } = JSON.parse(payload) as { tempId: string; seq: number };
    confirmations.get(tempId)?.push({ atMs: performance.now(), seq });
  });
  await listener.subscribe(plainChannels.timestamp);
  const write = (roomId: string) => {
    const number = ++published;
    return { sender: `old:${number % senders}`, content: `old message ${number}`, roomId };
  };
  return {
    confirmations,
    async publish(roomId) {
      const message = { tempId: randomUUID(), ...write(roomId) };
      confirmations.set(message.tempId, []);
      await publisher.publish(plainChannels.message, JSON.stringify(message));
      return message;
    },
    async publishWithoutTempId(roomId) {
      await publisher.publish(plainChannels.message, JSON.stringify(write(roomId)));
    },
    close() {
      publisher.disconnect();
      listener.disconnect();
    },
  };
}
