// Parley as it is run: chat-ws on Redis, chat-history on PostgreSQL, every message stored and confirmed.
import { randomUUID } from "node:crypto";
import { startIssuer } from "@parley/tokens/issuer";
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
    "CONNECTS_PER_ACCOUNT_MAX",
    "CONNECTS_PER_ADDRESS_MAX",
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
  const issuer = await startIssuer(86_400);
  const common = {
    AUTH_URL: issuer.url,
    SERVICE_TOKEN: "service-token-of-the-bench",
    RESTART_SPREAD_MS: "0",
    ROOMS_AUTO_CREATE: "true",
    ...unlimited,
  };
  const grounds = await createParleyGrounds({ env: { ...common, ...env }, isProfiled });
  const signed: string[] = [];

  return {
    dialect: "parley",
    async tokens(count) {
      while (signed.length < count) signed.push(await issuer.sign({ accountId: randomUUID(), name: "Bench" }));
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
      await issuer.close();
      await grounds.close();
    },
  };
}
