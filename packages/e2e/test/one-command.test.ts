import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { get as getRaw } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { startRedis } from "@parley/embedded";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHistory, signUp } from "../src/accounts.ts";
import { confirmedOf } from "../src/inbox.ts";
import { runToEnd, startService, type ServiceProcess } from "../src/service-process.ts";
import { connectStompit } from "../src/stompit-client.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

describe("the one-command start", () => {
  let folder: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-"));
    env = { PORT: "0", PARLEY_DATA: folder };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const start = (more: Record<string, string> = {}) => startService("local", { ...env, ...more }, "/health");

  /** Two people with clients of others' making talk; everybody and history agree. */
  async function converse({ url }: ServiceProcess, roomId: string) {
    const [alice, bob] = await Promise.all([signUp(`${url}/auth`, "Alice"), signUp(`${url}/auth`, "Bob")]);
    const clients = [await connectStompjs(url, alice), await connectStompit(url, bob)];
    const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId)));
    const count = 20;
    await Promise.all(
      clients.flatMap((client, who) =>
        Array.from({ length: count }, (_, n) => client.send({ roomId, content: `${who}: ${n}` })),
      ),
    );
    await Promise.all(inboxes.map((inbox) => inbox.until(() => confirmedOf(inbox).length === 2 * count)));
    const [seen, other] = inboxes.map(confirmedOf);
    expect(seen).toEqual(other);
    const stored = (await readHistory(url, roomId, bob)).map(({ seq, id, content }) => ({ seq, id, content }));
    expect(stored).toEqual(seen);
    await Promise.all(clients.map((client) => client.close()));
    return { alice, stored };
  }

  test("chats without anything installed, keeps messages between starts, and outlives kill -9", async () => {
    const roomId = randomUUID();
    const first = await start();
    const { alice, stored } = await converse(first, roomId);
    expect(await first.end("SIGINT")).toBe(0);

    const second = await start();
    expect(await readHistory(second.url, roomId, alice)).toHaveLength(stored.length);
    await second.end("SIGKILL");

    const third = await start();
    expect((await readHistory(third.url, roomId, alice)).map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    await converse(third, randomUUID());

    const beside = await runToEnd("local", env);
    expect(beside).toMatchObject({
      code: 1,
      output: expect.stringMatching(/already runs .* stop it, or set PARLEY_DATA/),
    });
    expect(await third.end("SIGTERM")).toBe(0);
  });

  test("says in its first lines what the bus is and how to use Redis", async () => {
    const inMemory = await start();
    expect(inMemory.output.join("\n")).toMatch(/bus +in memory.*REDIS_URL=redis:/);
    await inMemory.end("SIGINT");

    const redis = await startRedis();
    const onRedis = await start({ REDIS_URL: redis.url });
    expect(onRedis.output.join("\n")).toContain("Redis at 127.0.0.1");
    await converse(onRedis, randomUUID());
    await onRedis.end("SIGINT");
    await redis.stop();
  });

  test("says in one sentence that its port is taken", async () => {
    const other = createServer().listen(0);
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { code, output } = await runToEnd("local", { ...env, PORT: `${port}` });
    expect({ code, output }).toEqual({ code: 1, output: `Port ${port} is taken; set PORT to another one.\n` });
    other.close();
  });

  test.each([
    [
      "DATABASE_URL",
      "postgres://nobody:secret@127.0.0.1:1/none",
      /PostgreSQL cannot be used \(.*ECONNREFUSED.*\); is DATABASE_URL right\?\n$/,
    ],
    ["REDIS_URL", "redis://:secret@127.0.0.1:1", /Redis is not reachable; is REDIS_URL right\?\n$/],
  ])("says in one sentence that %s leads nowhere", async (name, url, sentence) => {
    const { code, output } = await runToEnd("local", { ...env, [name]: url, LOG_LEVEL: "error" });
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/secret|\n +at /);
  });

  test("tells all faults of its configuration at once", async () => {
    const { code, output } = await runToEnd("local", { PORT: "many", DATABASE_URL: "mysql://x" });
    expect(code).toBe(78);
    expect(output).toMatch(/PORT: expected a whole number/);
    expect(output).toMatch(/DATABASE_URL: expected a URL that starts with postgres/);
  });

  test("serves one origin: the page, health, tokens' keys; never what is internal (contracts §5)", async () => {
    const started = await start();
    const get = async (path: string) => {
      const response = await fetch(started.url + path);
      return { status: response.status, text: await response.text(), headers: response.headers };
    };
    const page = await get("/");
    expect([page.status, page.text.includes('<div id="app">')]).toEqual([200, true]);
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'/);
    expect((await get("/health")).status).toBe(200);
    expect(JSON.parse((await get("/.well-known/jwks.json")).text).keys).toHaveLength(1);
    expect(JSON.parse((await get("/server")).text)).toMatchObject({ serverId: expect.any(String), sessions: 0 });
    for (const path of [
      "/internal/positions",
      "/metrics",
      "/lab",
      "/%69nternal/positions",
      "/auth/internal/audit",
      "/auth/metrics",
      "/authority",
      "/nope",
    ]) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect(await readStatus(started.url, "/auth/metrics#x")).toBe(404);
    expect((await get("/room/messages")).status).toBe(401);
    expect((await get("/auth/me")).status).toBe(401);
    await started.end("SIGINT");
  });
});

/** Of a path as it is, which `fetch` would tidy up. */
async function readStatus(url: string, path: string): Promise<number | undefined> {
  const [response] = await once(getRaw(url, { path }), "response");
  response.resume();
  return response.statusCode;
}
