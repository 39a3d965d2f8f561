// A log full of messages that nobody has stored yet, as gateways would have left it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createRedisBus } from "@parley/bus";
import { ChatMessagePubSub, createPartitioning } from "@parley/contracts";
import { Redis } from "ioredis";
import { formatContent, formatTempId } from "./generator/body.ts";

export interface BacklogOptions {
  entries: number;
  /** They take turns in rooms and senders. */
  rooms: number;
  senders: number;
  /** Over which the services spread rooms. */
  partitions: number;
}

const appendsAtOnce = 5_000;
/** Longest wait for Redis to have rewritten its file, in milliseconds. */
const rewriteMsMax = 60_000;

/** Answers with how many messages each sender has in it. */
export async function fillBacklog(redisUrl: string, options: BacklogOptions): Promise<number[]> {
  const { entries, rooms, senders, partitions } = options;
  const partitioning = createPartitioning(partitions);
  const bus = await createRedisBus({ url: redisUrl, limits: { logEntriesMax: entries, logBytesMax: Infinity } });
  const accounts = Array.from({ length: senders }, () => randomUUID());
  const sent = accounts.map(() => 0);
  for (let from = 0; from < entries; from += appendsAtOnce) {
    const count = Math.min(appendsAtOnce, entries - from);
    const messages = Array.from({ length: count }, (_, place): ChatMessagePubSub => {
      const publisher = (from + place) % senders;
      const number = sent[publisher]!++;
      return {
        roomId: `room-${publisher % rooms}`,
        tempId: formatTempId(publisher, number),
        sender: accounts[publisher]!,
        senderName: "Bench",
        content: formatContent(publisher, number),
        via: `bench-1.${from + place}`,
      };
    });
    if (from === 0) messages.forEach((message) => ChatMessagePubSub.parse(message));
    await Promise.all(
      messages.map((message) => {
        const { roomId } = message;
        return bus.append({ name: partitioning.of(roomId).log }, roomId, JSON.stringify(message));
      }),
    );
  }
  await bus.close();
  return sent;
}

/** Reads how much is left, and what Redis is doing. */
export function openBacklog(redisUrl: string, { partitions }: BacklogOptions) {
  const redis = new Redis(redisUrl);
  return {
    async count() {
      const counts = await Promise.all(createPartitioning(partitions).all.map(({ log }) => redis.xlen(log)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    /** Its file has just grown from nothing: until it has been rewritten, that would be measured, too. */
    async settle() {
      const isRewriting = async () => /aof_rewrite_(in_progress|scheduled):1/.test(await redis.info("persistence"));
      for (const untilMs = performance.now() + rewriteMsMax; await isRewriting();) {
        if (performance.now() > untilMs) throw new Error("Redis does not end rewriting its file");
        await sleep(100);
      }
    },
    close: () => redis.disconnect(),
  };
}
