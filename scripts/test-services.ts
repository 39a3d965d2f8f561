// PostgreSQL and Redis for a whole test run: started once, gone afterwards. Tests learn where with vitest's inject.
import { rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres, startRedis } from "../packages/embedded/src/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A role that may create databases, in a maintenance database; see createDatabase of @parley/embedded. */
    databaseUrl: string;
    /** Shared by all test files: keys and channels need names of their own. */
    redisUrl: string;
  }
}

interface Server {
  url: string;
  stop: () => Promise<void>;
}

/** DATABASE_URL and REDIS_URL are used instead where they are set. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = await makeScratch();
  const running: Server[] = [];
  const open = async (start: () => Promise<Server>) => {
    const server = await start();
    running.push(server);
    return server.url;
  };
  const teardown = async () => {
    for (const server of running.toReversed()) await server.stop();
    removeTree(scratch);
  };
  try {
    const redis = () => startRedis({ dir: join(scratch, "redis") });
    const postgres = () => startPostgres({ dataDir: join(scratch, "postgres") });
    project.provide("redisUrl", process.env["REDIS_URL"] ?? (await open(redis)));
    project.provide("databaseUrl", process.env["DATABASE_URL"] ?? (await open(postgres)));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function makeScratch(): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), "parley-test-"));
  await chmod(scratch, 0o755); // for root's PostgreSQL, which runs as nobody
  await mkdir(join(scratch, "redis"));
  process.once("exit", () => removeTree(scratch)); // vitest skips the teardown when it is interrupted
  return scratch;
}

/** A server that is about to end may add a file meanwhile: it is tried again. */
function removeTree(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
