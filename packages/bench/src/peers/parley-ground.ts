// What Parley runs on: a database of its own and a Redis of its own, and such of its services as are asked for. It must
// not know what they are asked.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { startService, type ServiceProcess } from "@parley/e2e/service-process";
import { createDatabase, startPostgres, startRedis, type EmbeddedPostgres } from "@parley/embedded";
import { pin, type Cores } from "../cpu.ts";
import { formatProfile, nowUs, profileOptions } from "../profile.ts";

/** As it is shipped (infra): a small young generation where many connections are idle. */
const nodeOptionsOf = (app: string) => `--max-semi-space-size=${app === "chat-ws" ? 6 : 16}`;

export interface ParleyGround {
  redisUrl: string;
  databaseUrl: string;
  /** Processes by what they are: `redis`, `postgres`, and each service that was started. */
  parts: Record<string, number[]>;
  startService(app: string, env?: Record<string, string>): Promise<ServiceProcess>;
  /** Says where the services spent their time, if that was asked for. */
  stop(): Promise<void>;
}

export interface ParleyGrounds {
  open(cores: Cores): Promise<ParleyGround>;
  close(): Promise<void>;
}

export interface GroundOptions {
  /** The environment of all services. */
  env: Record<string, string>;
  /** Whether they are profiled: that costs a little, and ends them gently. */
  isProfiled: boolean;
}

/** PostgreSQL is started once, with the first of them. */
export async function createParleyGrounds({ env, isProfiled }: GroundOptions): Promise<ParleyGrounds> {
  const scratch = await mkdtemp(join(tmpdir(), "parley-bench-"));
  await chmod(scratch, 0o755); // for root's PostgreSQL, which runs as nobody
  let postgres: EmbeddedPostgres | undefined;
  let opened = 0;

  async function open(cores: Cores): Promise<ParleyGround> {
    postgres ??= await startPostgres({ dataDir: join(scratch, "postgres") });
    pin(postgres.pid, cores);
    // As the compose files weigh it: storing gives way to delivering. What it starts from now on inherits this.
    setPriority(postgres.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    const [database, redis] = await Promise.all([createDatabase(postgres.url), startRedis()]);
    pin(redis.pid, cores);
    const number = ++opened;
    const parts: ParleyGround["parts"] = { redis: [redis.pid], postgres: [postgres.pid] };
    let started = 0;
    const services: { name: string; process: ServiceProcess; sinceUs: number }[] = [];
    return {
      redisUrl: redis.url,
      databaseUrl: database.url,
      parts,
      async startService(app, more = {}) {
        const name = `${number}-${app}-${++started}`;
        const process = await startService(app, {
          NODE_OPTIONS: nodeOptionsOf(app) + (isProfiled ? ` ${profileOptions(name)}` : ""),
          PORT: "0",
          REDIS_URL: redis.url,
          DATABASE_URL: database.url,
          ...more,
          ...env,
        });
        pin(process.pid, cores);
        (parts[app] ??= []).push(process.pid);
        services.push({ name, process, sinceUs: nowUs() });
        return process;
      },
      async stop() {
        const untilUs = nowUs();
        await Promise.all(services.map(({ process }) => process.end(isProfiled ? "SIGTERM" : "SIGKILL")));
        for (const { name, sinceUs } of isProfiled ? services : [])
          console.log(`\n${await formatProfile(name, sinceUs, untilUs).catch(() => `${name} has left no profile`)}`);
        await redis.stop();
        await database.drop();
      },
    };
  }

  return {
    open,
    async close() {
      await postgres?.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
