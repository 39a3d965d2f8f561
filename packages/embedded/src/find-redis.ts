// Where a Redis is on this machine, or something that speaks like one.
import { findProgram, type FindOptions } from "./find-program.ts";

/**
 * The absolute path of a `redis-server` or `valkey-server`.
 * @throws EmbeddedFault that says how to get one
 */
export function findRedis(options?: FindOptions): Promise<string> {
  return findProgram(
    {
      names: ["redis-server", "valkey-server"],
      debianPackage: "redis-server",
      missing:
        "There is no redis-server or valkey-server on PATH: install one (apt-get install redis-server, " +
        "brew install redis), or set REDIS_URL to one that runs.",
    },
    options,
  );
}
