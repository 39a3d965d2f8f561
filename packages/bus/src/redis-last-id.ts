// The last id that a stream of Redis has given. It must not know who asks.
import type { Redis } from "ioredis";
import { streamStart } from "./stream-id.ts";

/** Also that of an entry that has gone. Of a stream that is not there: where all begin. */
export async function readLastId(redis: Redis, stream: string): Promise<string> {
  try {
    const answer = (await redis.call("XINFO", "STREAM", stream)) as unknown[];
    return String(answer[answer.indexOf("last-generated-id") + 1]);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("no such key"))) throw error;
    return streamStart;
  }
}
