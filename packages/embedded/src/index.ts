export { findBinaries } from "./binaries.ts";
export * from "./create-database.ts";
export * from "./fault.ts";
export { findProgram, type FindOptions } from "./find-program.ts";
export { findRedis } from "./find-redis.ts";
export { startPostgres, type EmbeddedPostgres, type PostgresOptions } from "./postgres.ts";
export { startRedis, type EmbeddedRedis, type RedisOptions } from "./redis.ts";
export { startRedisCluster, type EmbeddedRedisCluster, type RedisClusterOptions } from "./redis-cluster.ts";
export type { RedisClusterNode } from "./redis-cluster-node.ts";
