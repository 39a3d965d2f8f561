// chat-auth in parts: accounts, passwords and logins in PostgreSQL; tokens that everyone can verify.
import { fileURLToPath } from "node:url";
import { createPool, databaseFault, migrate, watchDatabase } from "@parley/database";
import {
  closeServer,
  createHttp,
  createMetrics,
  createTurns,
  requireAccount,
  requireOwnOrigin,
  type Service,
  type Surroundings,
} from "@parley/service";
import { createSigner, createVerifier, publicJwks } from "@parley/tokens";
import type { ErrorRequestHandler, Express } from "express";
import type { AuthConfig } from "./config.ts";
import { createAuthMetrics } from "./metrics.ts";
import type { Parts } from "./parts.ts";
import { createPasswords } from "./passwords.ts";
import { createRefreshCookie } from "./refresh-token.ts";
import { getJwks } from "./routes/jwks.ts";
import { postLogin } from "./routes/login.ts";
import { postLogout } from "./routes/logout.ts";
import { getMe } from "./routes/me.ts";
import { postRefresh } from "./routes/refresh.ts";
import { postSignup } from "./routes/signup.ts";
import { createDatabase } from "./store/database.ts";
import { loadSigningKeys } from "./store/signing-keys.ts";

export { authVariables, variables, type AuthConfig } from "./config.ts";

const migrations = {
  folder: fileURLToPath(new URL("../migrations", import.meta.url)),
  schema: "auth",
  lockKey: 0x61757468, // "auth"
};

/** Opens the service; it listens to nothing yet. @throws what keeps PostgreSQL from being used */
export async function createChatAuth(config: AuthConfig, { log, lifecycle }: Surroundings): Promise<Service> {
  await migrate(config.databaseUrl, migrations);
  const pool = createPool(config.databaseUrl, { log, name: "parley chat-auth" });
  lifecycle.opened("database", () => pool.end());
  const watch = await watchDatabase(pool);
  lifecycle.opened("database watch", watch.close);

  const db = createDatabase(pool);
  const keys = await loadSigningKeys(db);
  const jwks = publicJwks(keys);
  const tokens = { issuer: config.tokenIssuer, audience: config.tokenAudience };
  const shellMetrics = createMetrics("chat-auth");
  const metrics = createAuthMetrics(shellMetrics);
  const turns = createTurns({ atOnceMax: config.hashesAtOnceMax, waitingMax: config.hashesWaitingMax });
  const parts: Parts = {
    db,
    passwords: createPasswords(turns, metrics.hashed),
    signer: createSigner({ ...tokens, key: keys[0], lifetimeSeconds: config.accessTokenSeconds }),
    verifier: createVerifier({ ...tokens, keys: jwks }),
    cookie: createRefreshCookie({
      path: config.cookiePath,
      secure: config.cookieSecure,
      maxAgeSeconds: config.refreshTokenSeconds,
    }),
    loginSeconds: config.refreshTokenSeconds,
    metrics,
  };
  const ownOrigin = requireOwnOrigin(config.allowedOrigins);
  const notReady = () => (watch.answers() ? [] : ["database"]);

  function routes(app: Express): void {
    app.get("/.well-known/jwks.json", getJwks(jwks));
    app.post("/signup", postSignup(parts));
    app.post("/login", postLogin(parts));
    app.post("/refresh", ownOrigin, postRefresh(parts, log));
    app.post("/logout", ownOrigin, postLogout(parts));
    app.get("/me", requireAccount(parts.verifier.verify), getMe(parts));
    app.use(nameDatabaseFaults);
  }

  const server = createHttp({ log, metrics: shellMetrics, notReady, allowedOrigins: config.allowedOrigins, routes });
  lifecycle.opened("http", () => closeServer(server));
  return { server, notReady };
}

const nameDatabaseFaults: ErrorRequestHandler = (error, _request, _response, next) => next(databaseFault(error));
