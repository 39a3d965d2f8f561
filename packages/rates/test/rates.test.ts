import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "@parley/contracts";
import { startRedis, startRedisCluster, type EmbeddedRedis } from "@parley/embedded";
import { createLog } from "@parley/service";
import { Redis } from "ioredis";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { createRates, type Limiter, type LimiterOptions } from "../src/index.ts";

const log = createLog("rates", "silent");

/** A limit of one instance, on a name that no other test has. */
function open(redisUrl?: string, options: Partial<LimiterOptions> = {}): Limiter {
  const rates = createRates({ redisUrl, log });
  onTestFinished(() => rates.close());
  return rates.limiter({ name: randomUUID(), points: 2, seconds: 60, ...options });
}

function openTwo(redisUrl: string, options: Partial<LimiterOptions> = {}): [Limiter, Limiter] {
  const same = { name: randomUUID(), ...options };
  return [open(redisUrl, same), open(redisUrl, same)];
}

async function expectRefusal(answer: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

/** Resolves once what one instance takes, the other sees. @param points of the limit */
async function untilShared([a, b]: [Limiter, Limiter], points = 2): Promise<void> {
  await vi.waitFor(
    async () => {
      const key = randomUUID();
      await a.take(key, points);
      await expectRefusal(b.check(key));
    },
    { timeout: 15_000, interval: 50 },
  );
}

test("two instances share a limit, and are told when to come back", async () => {
  const [a, b] = openTwo(inject("redisUrl"));
  await untilShared([a, b]);
  await a.take("ada");
  await b.take("ada");
  for (const limiter of [a, b]) {
    const { code, context } = await expectRefusal(limiter.take("ada"));
    expect(code).toBe("RATE_LIMITED");
    expect(context.retryAfterMs).toBeGreaterThan(50_000);
    expect(context.retryAfterMs).toBeLessThanOrEqual(60_000);
  }
  await a.take("bob");
});

test("a check takes nothing, and refuses once nothing is left", async () => {
  const [a, b] = openTwo(inject("redisUrl"), { points: 1 });
  await untilShared([a, b], 1);
  await a.check("ada");
  await a.check("ada");
  await a.take("ada");
  expect((await expectRefusal(b.check("ada"))).context.retryAfterMs).toBeGreaterThan(0);
});

test.each(["shared", "local"])("what is given back too late is worth nothing (%s)", async (kind) => {
  const [a, b] = kind === "shared" ? openTwo(inject("redisUrl")) : [open(), open()];
  if (kind === "shared") await untilShared([a, b]);
  await a.give("ada", 5);
  await a.take("ada", 2);
  await expectRefusal(a.take("ada"));
});

test("what is given back may be taken again, by anybody", async () => {
  const [a, b] = openTwo(inject("redisUrl"));
  await untilShared([a, b]);
  await a.take("ada", 2);
  await b.give("ada");
  await b.check("ada");
  await a.take("ada");
  await expectRefusal(b.check("ada"));
  await a.reset("ada");
  await b.take("ada", 2);
});

test("a window ends", async () => {
  const limiter = open(undefined, { points: 1, seconds: 1 });
  await limiter.take("ada");
  await expectRefusal(limiter.take("ada"));
  await vi.waitFor(() => limiter.take("ada"), { timeout: 5_000 });
});

test("without Redis each process counts for itself", async () => {
  const [a, b] = [open(), open()];
  await a.take("ada", 2);
  await expectRefusal(a.take("ada"));
  await b.take("ada", 2);
});

test("limits of different names do not meet, whatever their keys", async () => {
  const name = randomUUID();
  const [one, again] = openTwo(inject("redisUrl"), { name });
  const [other, otherAgain] = openTwo(inject("redisUrl"), { name: `${name}-1` });
  await untilShared([one, again]);
  await untilShared([other, otherAgain]);
  for (const key of ["", "1:a", ":", "a b\r\nFLUSHALL\r\n", "{x}", "\0", "ä".repeat(10_000)]) {
    await one.take(key, 2);
    await other.take(key, 2);
    await expectRefusal(again.check(key));
  }
});

test("no key in Redis shows whom it is about, and each of them ends", async () => {
  const [name, redis] = [randomUUID(), new Redis(inject("redisUrl"))];
  onTestFinished(() => redis.disconnect());
  const limiter = open(inject("redisUrl"), { name });
  const written = await vi.waitFor(async () => {
    await limiter.take("ada@example.org").catch(() => undefined);
    const keys = await redis.keys(`*${name}*`);
    expect(keys).toHaveLength(1);
    return keys[0]!;
  });
  expect(written).toMatch(new RegExp(`^parley:rate:${name}:[\\w-]{43}$`));
  expect(await redis.ttl(written)).toBeGreaterThan(0);
});

interface OwnRedis {
  url: string;
  server: () => EmbeddedRedis;
  /** Starts it again where it was, once it has ended. */
  restart: () => Promise<void>;
}

async function startOwnRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), "rates-"));
  let server = await startRedis({ dir });
  onTestFinished(async () => {
    server.kill("SIGCONT");
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    url: server.url,
    server: () => server,
    async restart() {
      await server.exited;
      server = await startRedis({ dir, port: server.port });
    },
  };
}

test("with Redis killed the limit holds in each process, and is shared again once it is back", async () => {
  const redis = await startOwnRedis();
  const [a, b] = openTwo(redis.url);
  await untilShared([a, b]);
  redis.server().kill("SIGKILL");
  await redis.server().exited;
  await a.take("ada", 2);
  await expectRefusal(a.take("ada"));
  await b.take("ada", 2);
  await redis.restart();
  await untilShared([a, b]);
});

test("a Redis that hangs keeps nobody waiting longer than 250 ms, and soon nobody at all", async () => {
  const redis = await startOwnRedis();
  const [limiter, other] = openTwo(redis.url);
  await untilShared([limiter, other]);
  redis.server().kill("SIGSTOP");
  const waits: number[] = [];
  for (let n = 0; n < 20; n++) {
    const began = performance.now();
    await limiter.take(`key ${n}`);
    waits.push(performance.now() - began);
  }
  expect(Math.max(...waits)).toBeLessThan(400); // 250 ms and what a busy machine adds
  expect(waits.filter((wait) => wait > 100).length).toBeLessThanOrEqual(2);
});

test("a Redis that is not there at first is found later, and nobody waits for it", async () => {
  const redis = await startOwnRedis();
  redis.server().kill("SIGKILL");
  await redis.server().exited;
  const [a, b] = openTwo(redis.url);
  const began = performance.now();
  await a.take("ada", 2);
  await expectRefusal(a.take("ada"));
  expect(performance.now() - began).toBeLessThan(400);
  await redis.restart();
  await untilShared([a, b]);
});

test("on a Redis Cluster instances share every key, also when only one node is named", async () => {
  const cluster = await startRedisCluster({ replicas: 0 });
  onTestFinished(() => cluster.stop());
  const same = { name: randomUUID() };
  const [a, b] = [open(cluster.urls.join(","), same), open(cluster.urls[1], same)];
  await untilShared([a, b]);
  for (let n = 0; n < 30; n++) {
    await a.take(`key ${n}`, 2);
    await expectRefusal(b.check(`key ${n}`));
  }
  cluster.nodes[0]!.kill("SIGKILL");
  for (let n = 100; n < 120; n++) {
    const began = performance.now();
    await a.take(`key ${n}`, 2);
    expect(performance.now() - began).toBeLessThan(400);
  }
}, 60_000);
