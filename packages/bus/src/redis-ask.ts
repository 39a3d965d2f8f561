// Questions that careful ACLs and managed servers forbid. It must not know what the answers are for.
import type { Redis } from "ioredis";
import type { Report } from "./redis-connection.ts";
import { isForbidden } from "./redis-fault.ts";

/** @param unchecked what nobody knows without the answer */
export type Ask = (unchecked: string, command: string, subcommand: string, ...rest: string[]) => Promise<unknown>;

/** Answers undefined where a command is forbidden: that is told once, and the next connection is asked again. */
export function createAsk(redis: Redis, tell: Report): Ask {
  const forbidden = new Set<string>();
  const told = new Set<string>();
  redis.on("close", () => forbidden.clear());

  return async (unchecked, command, subcommand, ...rest) => {
    if (forbidden.has(command)) return undefined;
    try {
      return await redis.call(command, subcommand, ...rest);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      forbidden.add(command);
      if (!told.has(command)) tell(new Error(`${unchecked} is not checked: ${command} ${subcommand} is forbidden`));
      told.add(command);
      return undefined;
    }
  };
}
