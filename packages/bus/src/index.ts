export * from "./agreement.ts";
export * from "./bus.ts";
export * from "./memory.ts";
export * from "./open-redis.ts";
export * from "./redis.ts";
export * from "./steady-topics.ts";
