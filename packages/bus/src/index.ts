export * from "./bus.ts";
export * from "./memory.ts";
export * from "./redis.ts";
