// chat-auth in parts: accounts, passwords and logins in PostgreSQL; tokens that everyone can verify.
import { fileURLToPath } from "node:url";
import { agreeOnPartitions, type Bus } from "@parley/bus";
import { createPartitioning, partitionsKey } from "@parley/contracts";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import type { Rates } from "@parley/rates";
import {
  closeServer,
  createAddressReader,
  createHttp,
  createMetrics,
  createTurns,
  type Service,
  type Surroundings,
} from "@parley/service";
import { refuseRevoked } from "@parley/tokens";
import { createAnnouncer } from "./announcer.ts";
import { authVariables, type AuthConfig } from "./config.ts";
import { openKeyRing } from "./key-ring.ts";
import { createLimits } from "./limits.ts";
import { createAuthMetrics } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { createPasswords } from "./passwords.ts";
import { createRefreshCookie } from "./refresh-token.ts";
import { createRoutes } from "./routes.ts";
import { createDatabase } from "./store/database.ts";
import { noteLifetime } from "./store/token-lifetimes.ts";
import { startSweeper } from "./sweeper.ts";
import { followRevocations } from "./revocations.ts";

export { authVariables, variables, type AuthConfig } from "./config.ts";

const migrations = {
  folder: fileURLToPath(new URL("../migrations", import.meta.url)),
  schema: "auth",
  lockKey: 0x61757468, // "auth"
};

/** Opens the service; it listens to nothing yet. @throws what keeps PostgreSQL or the bus from being used */
export async function createChatAuth(
  config: AuthConfig,
  { log, lifecycle, bus, rates }: Surroundings & { bus: Bus; rates: Rates },
): Promise<Service> {
  await migrate(config.databaseUrl, migrations);
  const pool = createPool(config.databaseUrl, { log, name: "parley chat-auth" });
  lifecycle.opened("database", () => pool.end());
  const watch = await watchDatabase(pool);
  lifecycle.opened("database watch", watch.close);
  const db = createDatabase(pool);

  const { partitions, accessTokenSeconds, refreshTokenSeconds } = config;
  await noteLifetime(db, accessTokenSeconds);
  const partitioned = { partitions, key: partitionsKey, variable: authVariables.partitions.name };
  const agreement = await agreeOnPartitions(bus, partitioned, log);
  const announcer = createAnnouncer(bus, createPartitioning(partitions), log);
  const revocations = await followRevocations({ db, bus, announcer, log });
  lifecycle.opened("revocations", () => revocations.close());

  const tokens = { issuer: config.tokenIssuer, audience: config.tokenAudience, lifetimeSeconds: accessTokenSeconds };
  const keys = await openKeyRing(db, tokens, log);
  lifecycle.opened("keys", () => keys.close());
  const sweeper = startSweeper(db, accessTokenSeconds, log);
  lifecycle.opened("sweeper", () => sweeper.close());

  const shellMetrics = createMetrics("chat-auth");
  const metrics = createAuthMetrics(shellMetrics);
  const turns = createTurns({ atOnceMax: config.hashesAtOnceMax, waitingMax: config.hashesWaitingMax });
  const parts: Parts = {
    db,
    passwords: createPasswords(turns, metrics.hashed),
    keys,
    verify: refuseRevoked(keys.verify, revocations),
    cookie: createRefreshCookie({
      path: config.cookiePath,
      secure: config.cookieSecure,
      maxAgeSeconds: refreshTokenSeconds,
    }),
    announcer,
    limits: createLimits(rates, config),
    addressOf: createAddressReader(config.trustedProxies),
    loginSeconds: refreshTokenSeconds,
    metrics,
  };
  // Without the bus accounts go on: whom it would tell find out by asking.
  const notReady = () => [...(watch.answers() ? [] : ["database"]), ...(agreement.isBroken ? ["partitions"] : [])];
  const server = createHttp({
    log,
    metrics: shellMetrics,
    notReady,
    translate: databaseFault,
    allowedOrigins: config.allowedOrigins,
    routes: createRoutes(config, parts, log),
  });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}
