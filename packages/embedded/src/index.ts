export * from "./create-database.ts";
export * from "./fault.ts";
export { findRedis, type FindRedisOptions } from "./find-redis.ts";
export { startPostgres, type EmbeddedPostgres, type PostgresOptions } from "./postgres.ts";
export { startRedis, type EmbeddedRedis, type RedisOptions } from "./redis.ts";
