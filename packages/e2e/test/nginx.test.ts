// Three chat-ws behind a real nginx with the configuration that is shipped.
import { randomUUID } from "node:crypto";
import SockJS from "sockjs-client";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { startNginx, type Nginx } from "../src/nginx.ts";
import { openChat, storedTexts, until } from "../src/sdk.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

let cluster: Cluster;
let nginx: Nginx;
let alice: Person;
let bob: Person;

beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 3, histories: 2 });
  nginx = await startNginx({
    gateways: cluster.gateways.map(({ url }) => url),
    histories: cluster.histories.map(({ url }) => url),
    auths: [cluster.auth.url],
  });
  [alice, bob] = await Promise.all([signUp(`${nginx.url}/auth`, "Alice"), signUp(`${nginx.url}/auth`, "Bob")]);
});
afterAll(async () => {
  await nginx.stop();
  await cluster.close();
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(nginx.url + path, { headers });
const serving = async () => ((await (await get("/server")).json()) as { serverId: string }).serverId;

test("asks one instance after the other, as /server shows", async () => {
  const servers = new Set<string>();
  for (let n = 0; n < 9; n++) servers.add(await serving());
  expect(servers).toEqual(new Set(["gateway-1", "gateway-2", "gateway-3"]));
});

describe.each(["websocket", "xhr-streaming", "xhr-polling"])("SockJS over %s", (transports) => {
  test("makes the round trip with somebody on another instance", async () => {
    const roomId = randomUUID();
    const sockjs = () => new SockJS(`${nginx.url}/ws-sockjs`, undefined, { transports });
    const clients = [await connectStompjs(nginx.url, alice, sockjs), await connectStompjs(nginx.url, bob)];
    const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId)));
    await Promise.all(
      clients.flatMap((client, who) => [1, 2, 3].map((n) => client.send({ roomId, content: `${who} ${n}` }))),
    );
    await Promise.all(inboxes.map((inbox) => inbox.until(() => confirmedOf(inbox).length === 6)));
    const stored = (await readHistory(nginx.url, roomId, alice)).map(({ seq, id, content }) => ({ seq, id, content }));
    expect(inboxes.map(confirmedOf)).toEqual([stored, stored]);
    await Promise.all(clients.map((client) => client.close()));
  });
});

test("what is internal stays inside, whatever it is written like", async () => {
  const paths = ["/internal/positions", "/internal/rooms/x/changes", "/%69nternal/positions", "//internal/positions"];
  const others = [
    "/auth/internal/audit",
    "/auth/%69nternal/audit",
    "/auth/metrics",
    "/auth/health/ready",
    "/metrics",
    "/lab",
    "/lab/ws",
    "/health/live",
    "/health/ready",
    "/x/../metrics",
    "/authority",
    "/nope",
  ];
  for (const path of [...paths, ...others]) expect([path, (await get(path)).status]).toEqual([path, 404]);
  const withToken = { authorization: "Bearer service-token-of-tests" };
  expect((await get("/internal/positions", withToken)).status).toBe(404);
});

test("serves the page with its policy, and each path to its service (contracts §5)", async () => {
  const page = await get("/");
  expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/);
  const html = await page.text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)![1]!;
  const asset = await get(script, { "accept-encoding": "gzip" });
  expect(asset.headers.get("cache-control")).toMatch(/immutable/);
  expect(asset.headers.get("content-encoding")).toBe("gzip");
  expect((await get("/health")).status).toBe(200);
  expect((await get("/.well-known/jwks.json")).status).toBe(200);
  expect((await get("/room/messages")).status).toBe(401);
  expect((await get("/auth/me", { authorization: `Bearer ${alice.token}` })).status).toBe(200);
  expect((await get("/ws-sockjs/info")).status).toBe(200);
});

test("keeps other sites' pages out, and lets its own in", async () => {
  const upgrade = (origin: string) =>
    fetch(`${nginx.url}/ws-sockjs/info`, { headers: { origin } }).then(({ status }) => status);
  expect(await upgrade("https://evil.example")).toBe(403);
  expect(await upgrade(nginx.url)).toBe(200);
});

test("never logs a token", async () => {
  await get(`/auth/me?token=${alice.token}`, { authorization: `Bearer ${alice.token}` });
  const log = await nginx.readLog();
  expect(log).toContain('"path":"/auth/me"');
  expect(log).not.toContain(alice.token);
});

test("clients of an instance that is killed are back on the others, and miss nothing", async () => {
  const roomId = randomUUID();
  const chats = Array.from({ length: 6 }, (_, n) => openChat(nginx.url, n % 2 === 0 ? alice : bob));
  const rooms = chats.map((chat) => chat.room(roomId));
  await Promise.all(rooms.map(({ state }) => until(state, ({ status }) => status === "live")));
  for (const room of rooms) room.send("before");
  const away = chats.map((chat) => {
    let since: number | undefined;
    let longest = 0;
    chat.connection.subscribe(({ status }) => {
      if (status === "connected" && since !== undefined) longest = Math.max(longest, performance.now() - since);
      since = status === "connected" ? undefined : (since ?? performance.now());
    });
    return () => longest;
  });
  await cluster.gateways[0]!.end("SIGKILL");
  for (const room of rooms) room.send("after");
  await Promise.all(rooms.map(({ state }) => until(state, (value) => storedTexts(value)?.length === 12)));
  const seen = rooms.map(({ state }) => storedTexts(state.get()));
  expect(new Set(seen.map((texts) => texts!.join())).size).toBe(1);
  const waits = away.map((longest) => Math.round(longest())).filter((ms) => ms > 0);
  console.log(`away for ${waits.join(", ")} ms (goal: 10,000)`);
  expect(waits.length).toBeGreaterThan(0);
  const servers = new Set<string>();
  for (let n = 0; n < 9; n++) servers.add(await serving());
  expect(servers).toEqual(new Set(["gateway-2", "gateway-3"]));
  await Promise.all(chats.map((chat) => chat.close()));
});
