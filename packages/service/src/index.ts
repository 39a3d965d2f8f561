export * from "./access.ts";
export * from "./config.ts";
export * from "./faults.ts";
export * from "./http.ts";
export * from "./lifecycle.ts";
export * from "./log.ts";
export * from "./metrics.ts";
export * from "./run.ts";
