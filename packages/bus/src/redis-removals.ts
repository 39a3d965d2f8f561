// Removes finished entries from a log of Redis, counts them beside it for all processes, and tells how the log stands. It
// must not know why they are removed.
import type { Redis } from "ioredis";
import type { RedisTurns } from "./redis-turns.ts";

/** Entries of one XDEL: Lua passes on so many arguments and not many more. */
const idsPerCallMax = 1_000;

/** KEYS: the log, its counter. ARGV: the ids. */
const removeScript = `
local removed = 0
for from = 1, #ARGV, ${idsPerCallMax} do
  removed = removed + redis.call('XDEL', KEYS[1], unpack(ARGV, from, math.min(from + ${idsPerCallMax - 1}, #ARGV)))
end
if removed > 0 then redis.call('INCRBY', KEYS[2], removed) end
return removed`;

/** KEYS: the log, its counter. One script, for another process may remove entries at any time. */
const standScript = `
local removed = tonumber(redis.call('GET', KEYS[2]) or 0)
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err then
  if string.find(info.err, 'no such key') then return { 0, 0, removed } end
  return info
end
local stand = {}
for at = 1, #info, 2 do stand[info[at]] = info[at + 1] end
return { stand['length'], stand['entries-added'], removed }`;

export interface LogStand {
  length: number;
  /** Entries that were ever added, also those that have gone; 0 of a log that is not there. */
  added: number;
  /** Entries that readers have removed. */
  removed: number;
}

/** In the same slot of a Cluster as the log: it has the log's hash tag. */
const counterOf = (log: string) => `${log}:removed`;

/** Behind what was published before. The text goes along each time: it is small beside the ids. */
export function removeEntries(turns: RedisTurns, log: string, ids: string[]): Promise<unknown> {
  return turns.command("EVAL", [removeScript, 2, log, counterOf(log), ...ids]);
}

export async function readLogStand(redis: Redis, log: string): Promise<LogStand> {
  const [length, added, removed] = (await redis.call("EVAL", [standScript, 2, log, counterOf(log)])) as number[];
  return { length: Number(length), added: Number(added), removed: Number(removed) };
}
