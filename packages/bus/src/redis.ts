// Opens the bus over Redis, single or Cluster, whichever is there. It must not know what the bus carries.
import { splitUrls } from "@parley/service";
import { busLimits, type BusLimits } from "./bus.ts";
import { createBusOn, type RedisBus } from "./redis-bus.ts";
import { openRedisCluster } from "./redis-cluster/cluster.ts";
import { limitReports, type Report } from "./redis-connection.ts";
import type { RedisPlaces } from "./redis-places.ts";
import { openSingleRedis } from "./redis-single.ts";

export type { RedisBus } from "./redis-bus.ts";

export interface RedisBusOptions {
  /**
   * `redis://` or `rediss://`, with user and password if there are any. Redis 7 or later. Of a Cluster one node will do,
   * or several, separated by commas, so that any of them may be away; user, password and TLS are those of the first.
   */
  url: string;
  /** What CLIENT LIST shows of our connections, followed by their kind. Without spaces. */
  clientName?: string;
  limits?: Partial<BusLimits>;
  /** Told of faults that no call reports, at most one a second. */
  onError?: Report;
}

/**
 * Resolves when Redis has been reached, or after `commandMs` without it: the bus then goes on trying and `fault` says so.
 *
 * Appends are refused while Redis is older than 7.0 or `maxmemory-policy` is not `noeviction`; where ACLs forbid to look,
 * `onError` is told. Redis out of memory or without a working disk (OOM, MISCONF) refuses appends with BACKLOG_FULL;
 * publications still go. The octets of logs are counted once a second. The key of a call is not used.
 *
 * On a Cluster a name belongs to the node of its slot: one that is away takes only its own names with it (see
 * `cluster-require-full-coverage`), and what it had is found wherever the Cluster has put it since. Topics with a hash tag
 * are sharded ones (SPUBLISH), over one connection for each slot that is listened to; topics without are classic ones,
 * which foreign systems hear at any node.
 */
export async function createRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const { url, clientName = "parley", onError = () => undefined } = options;
  const limits = { ...busLimits, ...options.limits };
  const { logEntriesMax, commandMs } = limits;
  const connections = { clientName, logEntriesMax, commandMs, report: limitReports(onError), tell: onError };

  async function openPlaces(): Promise<RedisPlaces> {
    const urls = splitUrls(url);
    if (urls.length > 1) return openRedisCluster(urls, connections);
    const single = await openSingleRedis(url, connections);
    if (!single.isOfCluster()) return single;
    await single.close();
    return openRedisCluster(urls, connections);
  }

  return createBusOn(await openPlaces(), limits);
}
