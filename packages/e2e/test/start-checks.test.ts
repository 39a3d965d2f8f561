// What services refuse to start on (guarantee P-5, P-24), and what they say and end with.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, startRedis } from "@parley/embedded";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runToEnd } from "../src/service-process.ts";

const nowhere = "127.0.0.1:1";
let evicting: Awaited<ReturnType<typeof startRedis>>;

beforeAll(async () => {
  evicting = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
});
afterAll(() => evicting.stop());

/** The exit code and all that was printed: one line, and no secret. */
async function refusalOf(app: string, env: Record<string, string>): Promise<{ code: number | null; line: string }> {
  const { code, output } = await runToEnd(app, {
    PORT: "0",
    LOG_LEVEL: "silent",
    DATABASE_URL: inject("databaseUrl"),
    REDIS_URL: inject("redisUrl"),
    AUTH_URL: "http://127.0.0.1:1",
    HISTORY_URL: "http://127.0.0.1:1",
    SERVICE_TOKEN: "service-token-of-tests",
    ...env,
  });
  expect(output).toMatch(/^[^\n]+\n$/);
  expect(output).not.toMatch(/secret|nobody/);
  return { code, line: output.trimEnd() };
}

describe.each(["chat-auth", "chat-ws", "chat-history"])("%s does not start", (app) => {
  test("on a Redis that may evict the log (78)", async () => {
    expect(await refusalOf(app, { REDIS_URL: evicting.url })).toEqual({
      code: 78,
      line:
        `REDIS_URL (127.0.0.1:${evicting.port}): Redis may evict the log: ` +
        "maxmemory-policy is allkeys-lru, not noeviction; change that, or REDIS_URL.",
    });
  });

  test("without a Redis (69)", async () => {
    expect(await refusalOf(app, { REDIS_URL: `redis://nobody:secret@${nowhere}` })).toEqual({
      code: 69,
      line: `REDIS_URL (${nowhere}): Redis is not reachable; is REDIS_URL right?`,
    });
  });
});

describe.each(["chat-auth", "chat-history"])("%s does not start", (app) => {
  test("without a PostgreSQL (69)", async () => {
    expect(await refusalOf(app, { DATABASE_URL: `postgres://nobody:secret@${nowhere}/none` })).toEqual({
      code: 69,
      line: `DATABASE_URL (${nowhere}): PostgreSQL cannot be used (ECONNREFUSED); is DATABASE_URL right?`,
    });
  });

  test("on a PostgreSQL whose commits a session may not wait for (78)", async () => {
    const lax = new URL(inject("databaseUrl"));
    lax.searchParams.set("options", "-c synchronous_commit=off");
    const { code, line } = await refusalOf(app, { DATABASE_URL: lax.href });
    expect(code).toBe(78);
    expect(line).toMatch(/^DATABASE_URL \([^@]+\): This PostgreSQL has synchronous_commit = off .* set it to on\.$/);
  });
});

test("chat-history does not start on a PostgreSQL whose commits are not on disk (78)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fsync-off-"));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), settings: { fsync: "off" } });
  try {
    expect(await refusalOf("chat-history", { DATABASE_URL: postgres.url })).toEqual({
      code: 78,
      line:
        `DATABASE_URL (127.0.0.1:${postgres.port}): ` +
        "This PostgreSQL has fsync off and can lose committed messages; set fsync = on.",
    });
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
