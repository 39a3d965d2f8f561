// Gathers the calls of one turn of the event loop and sends those of a lane to Redis in one round trip, in their order.
import type { Redis } from "ioredis";
import { busFault, busFaultOfSent } from "./redis-fault.ts";
import type { Lane } from "./redis-lane.ts";
import { decodeRefusals, encodeTurn, turnScripts, type Operation, type Script } from "./redis-script.ts";

/** More calls of one turn than this go out as several round trips at once: Redis does nothing else during a script. */
const operationsPerTripMax = 1_000;

interface Call extends Operation {
  resolve: () => void;
  reject: (error: Error) => void;
}

export interface RedisTurns {
  /** Settles with the answer to this one operation. */
  send(operation: Operation, lane: Lane): Promise<void>;
  /** Sends one command at once, behind what has gathered until now. Rejects as ioredis does. */
  command(name: string, args: (string | number)[]): Promise<unknown>;
  /** Sends what has gathered, and waits until all that was sent has its answer. */
  settle(): Promise<void>;
}

export function createRedisTurns(redis: Redis, logEntriesMax: number): RedisTurns {
  let gathered = new Map<Lane, Call[]>();
  const trips = new Set<Promise<unknown>>();
  /** The scripts whose text this connection has carried, so that their hash will do. */
  const known = new Set<Script>();
  redis.on("close", () => known.clear());

  /**
   * A NOSCRIPT (somebody flushed the scripts) refuses the trip and the next one carries the text again. The refused one
   * is not repeated: what was sent after it may be done already, and would be overtaken.
   */
  async function evaluate(script: Script, operations: Operation[]): Promise<Map<number, string>> {
    const turn = encodeTurn(operations, logEntriesMax);
    const answer = known.has(script)
      ? redis.call("EVALSHA", [script.sha, ...turn])
      : redis.call("EVAL", [script.text, ...turn]);
    if (redis.status === "ready") known.add(script);
    try {
      return decodeRefusals(await answer);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("NOSCRIPT")) known.delete(script);
      throw error;
    }
  }

  async function travel(script: Script, calls: Call[]) {
    try {
      const refusals = await evaluate(script, calls);
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
    const lanes = gathered;
    gathered = new Map();
    for (const [{ publish }, calls] of lanes) {
      for (let from = 0; from < calls.length; from += operationsPerTripMax) {
        track(travel(turnScripts[publish], calls.slice(from, from + operationsPerTripMax)));
      }
    }
  }

  function track(trip: Promise<unknown>) {
    trips.add(trip);
    const ended = () => trips.delete(trip);
    trip.then(ended, ended);
  }

  return {
    send: (operation, lane) =>
      new Promise((resolve, reject) => {
        // The check phase follows all that this turn reads from its sockets.
        if (gathered.size === 0) setImmediate(flush);
        const call = { ...operation, resolve, reject };
        const calls = gathered.get(lane);
        if (calls) calls.push(call);
        else gathered.set(lane, [call]);
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
