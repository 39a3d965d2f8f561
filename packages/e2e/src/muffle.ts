// Keeps every event about access from being published, and nothing else: as if each was lost on its way.
import type { Redis } from "ioredis";

/** All that is published but `chat-access`. Who listens goes on: their right to channels stays as it is. */
const others = ["message", "timestamp", "update", "rejected", "user"].map((name) => `&chat-${name}*`);

export async function muffleAccess(redis: Redis): Promise<void> {
  await redis.call("ACL", "SETUSER", "default", "-publish", `(+publish &chat-rates ${others.join(" ")})`);
}

export async function unmuffleAccess(redis: Redis): Promise<void> {
  await redis.call("ACL", "SETUSER", "default", "clearselectors", "+publish");
}
