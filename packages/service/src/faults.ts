// A fault that nobody caught ends the process at once: never a half-dead one that still answers health checks.
import type { Log } from "./log.ts";

export function exitOnFault(log: Log): void {
  const exit = (error: unknown) => {
    log.fatal({ err: error }, "uncaught");
    log.flush(() => process.exit(70)); // EX_SOFTWARE of sysexits.h
    setTimeout(() => process.exit(70), 500).unref();
  };
  process.on("uncaughtException", exit);
  process.on("unhandledRejection", exit);
}
