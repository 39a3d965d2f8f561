// What Redis tells of a stream as a whole. It must not know who asks.
import type { Redis } from "ioredis";
import { streamStart } from "./stream-id.ts";

export interface StreamInfo {
  length: number;
  /** Entries that were ever added, also those that have gone. */
  added: number;
  /** The last id that was given, also of an entry that has gone. */
  lastId: string;
}

/** Of a stream that is not there: as of one to which nothing was ever added. */
export async function readStreamInfo(redis: Redis, stream: string): Promise<StreamInfo> {
  try {
    const answer = (await redis.call("XINFO", "STREAM", stream)) as unknown[];
    const field = (name: string) => answer[answer.indexOf(name) + 1];
    return {
      length: Number(field("length")),
      added: Number(field("entries-added")),
      lastId: String(field("last-generated-id")),
    };
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("no such key"))) throw error;
    return { length: 0, added: 0, lastId: streamStart };
  }
}
