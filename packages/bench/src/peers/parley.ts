// Parley as it is run: chat-ws on Redis, chat-history on PostgreSQL, every message stored and confirmed.
import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { startService } from "@parley/e2e/service-process";
import { createDatabase, startPostgres, startRedis, type EmbeddedPostgres } from "@parley/embedded";
import { listen } from "@parley/service";
import { createSigner, generateSigningKey, publicJwks } from "@parley/tokens";
import { pin } from "../cpu.ts";
import type { Peer } from "./peer.ts";

const SERVICE_TOKEN = "service-token-of-the-bench";
/** As the images have it (infra/Dockerfile): a small young generation. */
const NODE_OPTIONS = "--max-semi-space-size=6";
/** Nobody is held back: what is measured is how fast it can be. */
const unlimited = Object.fromEntries(
  [
    "SENDS_PER_SECOND_MAX",
    "SENDS_BURST_MAX",
    "CONNECTIONS_MAX",
    "CONNECTIONS_PER_ADDRESS_MAX",
    "CONNECTS_PER_SECOND_MAX",
    "CONNECTS_BURST_MAX",
  ].map((name) => [name, "1000000"]),
);

export interface ParleyPeer extends Peer {
  /** Access tokens, each of an account of its own. */
  tokens(count: number): Promise<string[]>;
  close(): Promise<void>;
}

/** PostgreSQL is started once; each start gets a database and a Redis of its own. */
export async function createParleyPeer(): Promise<ParleyPeer> {
  const key = await generateSigningKey();
  const signer = createSigner({ key, issuer: "parley", audience: "parley", lifetimeSeconds: 86_400 });
  const jwks = createServer((_request, response) => response.end(JSON.stringify(publicJwks([key]))));
  const JWKS_URL = `http://127.0.0.1:${await listen(jwks, 0, "127.0.0.1")}/`;
  const signed: string[] = [];
  const scratch = await mkdtemp(join(tmpdir(), "parley-bench-"));
  await chmod(scratch, 0o755); // for root's PostgreSQL, which runs as nobody
  let postgres: EmbeddedPostgres | undefined;

  return {
    dialect: "parley",
    async tokens(count) {
      while (signed.length < count) {
        const { token } = await signer.sign({ accountId: randomUUID(), name: "Bench", sid: randomUUID() });
        signed.push(token);
      }
      return signed.slice(0, count);
    },
    async start(count) {
      postgres ??= await startPostgres({ dataDir: join(scratch, "postgres") });
      pin(postgres.pid, 0);
      // As the compose files weigh it: storing gives way to delivering. What it starts from now on inherits this.
      setPriority(postgres.pid, constants.priority.PRIORITY_BELOW_NORMAL);
      const [database, redis] = await Promise.all([createDatabase(postgres.url), startRedis()]);
      pin(redis.pid, 0);
      const common = {
        NODE_OPTIONS,
        PORT: "0",
        REDIS_URL: redis.url,
        SERVICE_TOKEN,
        JWKS_URL,
        DATABASE_URL: database.url,
      };
      const history = await startService("chat-history", common);
      pin(history.pid, 0);
      const gateways = await Promise.all(
        Array.from({ length: count }, () =>
          startService("chat-ws", { ...common, HISTORY_URL: history.url, RESTART_SPREAD_MS: "0", ...unlimited }),
        ),
      );
      for (const { pid } of gateways) pin(pid, 0);
      return {
        ports: gateways.map(({ url }) => Number(new URL(url).port)),
        relayPids: [redis.pid, ...gateways.map(({ pid }) => pid)],
        storePids: [history.pid, postgres.pid],
        serverPid: gateways[0]!.pid,
        async stop() {
          await Promise.all([history, ...gateways].map((service) => service.end("SIGKILL")));
          await redis.stop();
          await database.drop();
        },
      };
    },
    async close() {
      jwks.close();
      await postgres?.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
