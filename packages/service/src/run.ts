// The life of one service as a process: read the configuration, start, say so, stop on a signal.
import type { Server } from "node:http";
import { readConfig, type Config, type Variables } from "./config.ts";
import { exitOnFault } from "./faults.ts";
import { listen } from "./http.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";
import { createLog, type Log } from "./log.ts";
import { StartFault } from "./start-fault.ts";

/** What every service hands back once it is open. Its closers are registered with the lifecycle it was given. */
export interface Service {
  server: Server;
  /** Names what is not ready; empty means ready. */
  notReady: () => string[];
}

/** What every service is made from besides its configuration. */
export interface Surroundings {
  log: Log;
  lifecycle: Lifecycle;
}

interface ServiceVariables extends Variables {
  port: Variables[string] & { schema: { _output: number } };
}

/** @param create opens the service; it listens on `config.port` once open */
export async function runService<V extends ServiceVariables>(
  name: string,
  variables: V,
  create: (config: Config<V>, surroundings: Surroundings) => Promise<Service>,
): Promise<void> {
  const config = readConfigOrExit(variables) as Config<V> & { port: number; logLevel: string; shutdownMs: number };
  const log = createLog(name, config.logLevel);
  exitOnFault(log);
  const lifecycle = createLifecycle(log, config.shutdownMs);
  const stop = async (signal: string) => {
    if (lifecycle.closing) return; // A supervisor may signal the group and the process.
    log.info({ signal }, "stopping");
    await lifecycle.close();
    log.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const { server } = await create(config, { log, lifecycle }).catch(exitOnStartFault);
  log.info({ port: await listen(server, config.port) }, "listening");
}

export function readConfigOrExit<V extends Variables>(variables: V): Config<V> {
  try {
    return readConfig(variables, process.env);
  } catch (error) {
    return exitOnStartFault(error);
  }
}

/** They are for people: plain text on stderr. */
function exitOnStartFault(error: unknown): never {
  if (!(error instanceof StartFault)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
