// Gathers the calls of one turn of the event loop and sends them to Redis in one round trip, in their order.
import type { Redis } from "ioredis";
import { busFault, busFaultOfSent } from "./redis-fault.ts";
import { decodeRefusals, encodeTurn, turnScript, turnScriptSha, type Operation } from "./redis-script.ts";

/** More calls of one turn than this go out as several round trips at once: Redis does nothing else during a script. */
const operationsPerTripMax = 1_000;

interface Call extends Operation {
  resolve: () => void;
  reject: (error: Error) => void;
}

export interface RedisTurns {
  /** Settles with the answer to this one operation. */
  send(operation: Operation): Promise<void>;
  /** Sends one command at once, behind what has gathered until now. Rejects as ioredis does. */
  command(name: string, args: (string | number)[]): Promise<unknown>;
  /** Sends what has gathered, and waits until all that was sent has its answer. */
  settle(): Promise<void>;
}

export function createRedisTurns(redis: Redis, logEntriesMax: number): RedisTurns {
  let gathered: Call[] = [];
  const trips = new Set<Promise<unknown>>();
  /** Whether this connection has carried the text of the script, so that its hash will do. */
  let scriptKnown = false;
  redis.on("close", () => (scriptKnown = false));

  /**
   * A NOSCRIPT (somebody flushed the scripts) refuses the trip and the next one carries the text again. The refused one
   * is not repeated: what was sent after it may be done already, and would be overtaken.
   */
  async function evaluate(operations: Operation[]): Promise<Map<number, string>> {
    const turn = encodeTurn(operations, logEntriesMax);
    const answer = scriptKnown
      ? redis.call("EVALSHA", [turnScriptSha, ...turn])
      : redis.call("EVAL", [turnScript, ...turn]);
    scriptKnown = redis.status === "ready";
    try {
      return decodeRefusals(await answer);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("NOSCRIPT")) scriptKnown = false;
      throw error;
    }
  }

  async function travel(calls: Call[]) {
    try {
      const refusals = await evaluate(calls);
      for (const [place, call] of calls.entries()) {
        const refusal = refusals.get(place);
        if (refusal === undefined) call.resolve();
        else call.reject(busFault(refusal));
      }
    } catch (error) {
      for (const call of calls) call.reject(busFaultOfSent(error));
    }
  }

  function flush() {
    const calls = gathered;
    gathered = [];
    for (let from = 0; from < calls.length; from += operationsPerTripMax) {
      track(travel(calls.slice(from, from + operationsPerTripMax)));
    }
  }

  function track(trip: Promise<unknown>) {
    trips.add(trip);
    const ended = () => trips.delete(trip);
    trip.then(ended, ended);
  }

  return {
    send: (operation) =>
      new Promise((resolve, reject) => {
        // The check phase follows all that this turn reads from its sockets.
        if (gathered.length === 0) setImmediate(flush);
        gathered.push({ ...operation, resolve, reject });
      }),
    command(name, args) {
      flush();
      const answer = redis.call(name, args);
      track(answer);
      return answer;
    },
    async settle() {
      flush();
      await Promise.allSettled(trips);
    },
  };
}
