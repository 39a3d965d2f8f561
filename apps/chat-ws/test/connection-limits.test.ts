import { afterEach, expect, test } from "vitest";
import { formatUpgrade, openRawConnection } from "./raw-http.ts";
import { startServer, type TestServer } from "./server.ts";
import { openStomp } from "./stomp-client.ts";

let server: TestServer;
afterEach(() => server.close());

/** The answer's head and body, and how to leave. */
async function ask(path: string, ...headers: string[]) {
  const raw = openRawConnection(server.port);
  raw.write(formatUpgrade(path, ...headers));
  return { head: await raw.head(), raw };
}

async function leave({ raw }: Awaited<ReturnType<typeof ask>>) {
  raw.socket.destroy();
  await raw.ended;
}

test("from one address come so many connections and no more, until one leaves (B-13)", async () => {
  server = await startServer({ CONNECTIONS_PER_ADDRESS_MAX: "3" });
  const open = [await ask("/ws"), await ask("/ws-sockjs/000/abc/websocket"), await ask("/ws")];
  for (const { head } of open) expect(head).toContain(" 101 ");
  const { head } = await ask("/ws");
  expect(head).toContain(" 429 ");
  expect(head).toMatch(/retry-after: 5/i);
  expect(head).toContain('"code":"TOO_MANY"');
  const poll = await fetch(`${server.url}/ws-sockjs/000/def/xhr`, { method: "POST" });
  expect([poll.status, poll.headers.get("retry-after")]).toEqual([429, "5"]);
  await leave(open[0]!);
  await expect.poll(async () => (await ask("/ws")).head).toContain(" 101 ");
});

test("a session that polls is a connection while it lasts", async () => {
  server = await startServer({ CONNECTIONS_PER_ADDRESS_MAX: "1" });
  expect(await (await fetch(`${server.url}/ws-sockjs/000/abc/xhr`, { method: "POST" })).text()).toBe("o\n");
  expect((await ask("/ws")).head).toContain(" 429 ");
  expect((await fetch(`${server.url}/ws-sockjs/000/abc/xhr_send`, { method: "POST", body: '["\\n"]' })).status).toBe(
    204,
  );
});

test("who never says CONNECT is told TIMEOUT and closed, all of them (B-13, C-061)", async () => {
  server = await startServer({ CONNECT_MS: "300", EXEMPT_ADDRESSES: "loopback" });
  const silent = await Promise.all(Array.from({ length: 200 }, () => openStomp(`${server.url}/ws`, "")));
  for (const client of silent) {
    expect(await client.next("ERROR")).toContain("code:TIMEOUT");
    expect((await client.closed).code).toBe(1013);
  }
});

test("a storm is let in at a rate, the rest is told when to come back", async () => {
  server = await startServer({ CONNECTS_PER_SECOND_MAX: "1", CONNECTS_BURST_MAX: "2" });
  for (let n = 0; n < 2; n++) expect((await ask("/ws")).head).toContain(" 101 ");
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) {
    const { head } = await ask("/ws");
    expect(head).toContain(" 503 ");
    expect(head).toContain('"code":"OVERLOADED"');
    waits.push(Number(/retry-after: (\d+)/i.exec(head)?.[1]));
  }
  expect(waits[0]).toBeGreaterThanOrEqual(1);
  expect(waits[4]).toBeGreaterThan(waits[0]!);
});

test("an address is what a trusted proxy says it is, and only a trusted one (B-87)", async () => {
  server = await startServer({ CONNECTIONS_PER_ADDRESS_MAX: "1", TRUSTED_PROXIES: "127.0.0.1" });
  expect((await ask("/ws", "X-Forwarded-For: 192.0.2.1")).head).toContain(" 101 ");
  expect((await ask("/ws", "X-Forwarded-For: 192.0.2.2")).head).toContain(" 101 ");
  expect((await ask("/ws", "X-Forwarded-For: 192.0.2.9, 192.0.2.1")).head).toContain(" 429 ");
  await server.close();
  server = await startServer({ CONNECTIONS_PER_ADDRESS_MAX: "1" });
  expect((await ask("/ws", "X-Forwarded-For: 192.0.2.1")).head).toContain(" 101 ");
  expect((await ask("/ws", "X-Forwarded-For: 192.0.2.2")).head).toContain(" 429 ");
});
