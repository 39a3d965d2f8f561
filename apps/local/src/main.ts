// The one-command stack: an embedded database, a bus and the three services behind one port.
import { createServer } from "node:http";
import { createLifecycle, createLog, closeServer, exitOnFault, listen, readConfigOrExit } from "@parley/service";
import { createAssets } from "./assets.ts";
import { variables } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createOrigin, handUpgradesTo } from "./origin.ts";
import { createPage } from "./page.ts";
import { openStack, type Stack } from "./stack.ts";
import { explain } from "./start-fault.ts";

const config = readConfigOrExit(variables);
const log = createLog("parley", config.logLevel);
exitOnFault(log);
const lifecycle = createLifecycle(log, config.shutdownMs);
let stack: Stack | undefined;

async function stop(exitCode: number) {
  await lifecycle.close();
  process.exit(exitCode);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!lifecycle.closing) console.log("\nStopping …");
    void stop(0);
  });
}

async function open() {
  // The port first: if it is taken, nothing else need be started.
  const notReady = () => (lifecycle.closing ? ["stopping"] : (stack?.notReady() ?? ["starting"]));
  const page = createPage(createAssets(), notReady);
  const origin = createServer(createOrigin(() => stack, page));
  origin.on(
    "upgrade",
    handUpgradesTo(() => stack),
  );
  const port = await listen(origin, config.port);
  lifecycle.opened("origin", () => closeServer(origin));

  console.log("Parley is starting …");
  const database = await openDatabase(config.databaseUrl, config.dataDir, lifecycle);
  console.log(`  database  ${database.description}`);
  const bus =
    config.redisUrl === undefined
      ? "in memory, for this one process (REDIS_URL=redis://localhost:6379 uses Redis, for several)"
      : `Redis at ${new URL(config.redisUrl).host} (REDIS_URL)`;
  console.log(`  bus       ${bus}`);
  stack = await openStack(
    { databaseUrl: database.url, redisUrl: config.redisUrl, env: process.env },
    { log, lifecycle },
  );
  console.log(`  ready     http://localhost:${port} (Ctrl-C stops)`);
}

try {
  await open();
} catch (error) {
  if (!lifecycle.closing) console.error(explain(error, config.port));
  await stop(1);
}
