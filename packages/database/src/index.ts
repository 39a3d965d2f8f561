export { databaseFault } from "./fault.ts";
export * from "./migrate.ts";
export * from "./pool.ts";
export * from "./server.ts";
export * from "./watch.ts";
