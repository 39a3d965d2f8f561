// Appends to a log of Redis what was not appended under its key before. It must not know what that is.
import { BusFault, type Log, type Once } from "./bus.ts";
import { busFaultOfSent } from "./redis-fault.ts";
import type { Lane } from "./redis-lane.ts";
import { payloadField } from "./redis-script.ts";
import type { RedisTurns } from "./redis-turns.ts";

/**
 * KEYS: the log, the key. ARGV: how many entries a log may hold, how long to remember in milliseconds, the payload, the
 * word for publishing, the topic (empty: none). Only XADD may be refused, and then nothing has been done: what follows it finds the same memory and disk.
 */
const onceScript = `
if redis.call('EXISTS', KEYS[2]) == 1 then return 'KNOWN' end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 'FULL' end
redis.call('XADD', KEYS[1], '*', '${payloadField}', ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
if ARGV[5] ~= '' then redis.call(ARGV[4], ARGV[5], ARGV[3]) end
return 'DONE'`;

export interface OnceOptions {
  turns: RedisTurns;
  lane: Lane;
  logEntriesMax: number;
}

/** The text goes along each time: these are rare. */
export async function appendOnce(
  { turns, lane, logEntriesMax }: OnceOptions,
  log: Log,
  { key, rememberMs }: Once,
  payload: string,
): Promise<boolean> {
  const rest = [logEntriesMax, Math.max(1, Math.ceil(rememberMs)), payload, lane.publish, log.topic ?? ""];
  const answer = await turns.command("EVAL", [onceScript, 2, log.name, key, ...rest]).catch((error: unknown) => {
    throw busFaultOfSent(error);
  });
  if (answer === "FULL") throw new BusFault("BACKLOG_FULL", `${log.name} is full`);
  return answer === "DONE";
}
