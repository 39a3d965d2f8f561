// The script that carries out the calls of one turn on Redis, and the format of its arguments and answer.
import { createHash } from "node:crypto";
import type { Lane } from "./redis-lane.ts";

/** An append (with `log`), a publication (with `topic`), or both in one step. */
export interface Operation {
  log?: string | undefined;
  topic?: string | undefined;
  payload: string;
}

/** The one field of a log entry. */
export const payloadField = "payload";

/**
 * KEYS: the logs. ARGV: how many entries a log may hold, then for each operation the place of its log in KEYS (0: none),
 * its topic (empty: none) and its payload. Answers with the refused ones only: their places and Redis' words for it.
 */
const turnScript = (publish: Lane["publish"]) => `
local lengths, refused = {}, {}
for at = 2, #ARGV, 3 do
  local log, topic, payload = KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]
  local answer
  if log then
    answer = lengths[log] or redis.pcall('XLEN', log)
    if type(answer) == 'number' then
      lengths[log] = answer
      if answer >= tonumber(ARGV[1]) then
        answer = { err = 'FULL' }
      else
        answer = redis.pcall('XADD', log, '*', '${payloadField}', payload)
        if type(answer) ~= 'table' then lengths[log] = lengths[log] + 1 end
      end
    end
  end
  if topic ~= '' and type(answer) ~= 'table' then answer = redis.pcall('${publish}', topic, payload) end
  if type(answer) == 'table' then
    refused[#refused + 1] = (at - 2) / 3
    refused[#refused + 1] = answer.err
  end
end
return refused`;

export interface Script {
  text: string;
  sha: string;
}

function scriptOf(publish: Lane["publish"]): Script {
  const text = turnScript(publish);
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

export const turnScripts = { PUBLISH: scriptOf("PUBLISH"), SPUBLISH: scriptOf("SPUBLISH") } as const;

/** What follows the script in EVAL and EVALSHA: the number of keys, the keys, the arguments. */
export function encodeTurn(operations: readonly Operation[], logEntriesMax: number): (string | number)[] {
  const places = new Map<string, number>();
  const argv: (string | number)[] = [logEntriesMax];
  for (const { log, topic = "", payload } of operations) {
    if (log !== undefined && !places.has(log)) places.set(log, places.size + 1);
    argv.push(log === undefined ? 0 : places.get(log)!, topic, payload);
  }
  return [places.size, ...places.keys(), ...argv];
}

/** The refused operations, by their place in the turn, with Redis' words for it. */
export function decodeRefusals(answer: unknown): Map<number, string> {
  const refusals = new Map<number, string>();
  if (!Array.isArray(answer)) throw new Error("Redis answered the script with something else than a list");
  for (let at = 0; at < answer.length; at += 2) refusals.set(Number(answer[at]), String(answer[at + 1]));
  return refusals;
}
