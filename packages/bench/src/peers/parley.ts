// Parley as it is run: chat-ws on Redis, chat-history on PostgreSQL, every message stored and confirmed.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { listen } from "@parley/service";
import { createSigner, generateSigningKey, publicJwks } from "@parley/tokens";
import type { Cores } from "../cpu.ts";
import { createParleyGrounds, type GroundOptions, type ParleyGround } from "./parley-ground.ts";
import type { Peer, RunningPeer } from "./peer.ts";

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
  /** @param cores where everything runs; the first by default */
  start(servers: number, cores?: Cores): Promise<RunningParley>;
  /** Without any service yet. */
  open(cores: Cores): Promise<ParleyGround>;
  close(): Promise<void>;
}

interface RunningParley extends RunningPeer {
  ground: ParleyGround;
}

export async function createParleyPeer({ env, isProfiled }: GroundOptions): Promise<ParleyPeer> {
  const key = await generateSigningKey();
  const signer = createSigner({ key, issuer: "parley", audience: "parley", lifetimeSeconds: 86_400 });
  const jwks = createServer((_request, response) => response.end(JSON.stringify(publicJwks([key]))));
  const JWKS_URL = `http://127.0.0.1:${await listen(jwks, 0, "127.0.0.1")}/`;
  const common = { JWKS_URL, SERVICE_TOKEN: "service-token-of-the-bench", RESTART_SPREAD_MS: "0", ...unlimited };
  const grounds = await createParleyGrounds({ env: { ...common, ...env }, isProfiled });
  const signed: string[] = [];

  return {
    dialect: "parley",
    async tokens(count) {
      while (signed.length < count) {
        const { token } = await signer.sign({ accountId: randomUUID(), name: "Bench", sid: randomUUID() });
        signed.push(token);
      }
      return signed.slice(0, count);
    },
    open: (cores) => grounds.open(cores),
    async start(count, cores = 0) {
      const ground = await grounds.open(cores);
      const history = await ground.startService("chat-history");
      const gateways = await Promise.all(
        Array.from({ length: count }, () => ground.startService("chat-ws", { HISTORY_URL: history.url })),
      );
      const { redis, postgres } = ground.parts as { redis: number[]; postgres: number[] };
      return {
        ground,
        ports: gateways.map(({ url }) => Number(new URL(url).port)),
        relayPids: [...redis, ...gateways.map(({ pid }) => pid)],
        storePids: [history.pid, ...postgres],
        serverPid: gateways[0]!.pid,
        stop: () => ground.stop(),
      };
    },
    async close() {
      jwks.close();
      await grounds.close();
    },
  };
}
