// Tokens that last for seconds, a connection that lasts: the SDK renews them in place.
import type { ConnectionState } from "@parley/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startLocalServer, type LocalServer } from "../src/local-server.ts";
import { openGuest, storedTexts, until } from "../src/sdk.ts";

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer({ ACCESS_TOKEN_SECONDS: "10" });
});
afterAll(() => server.close());

test("a connection outlives its token: another one is handed over, and nothing reconnects", async () => {
  const { chat, token } = await openGuest(server.url, "Alice");
  const states: ConnectionState[] = [];
  chat.connection.subscribe((state) => states.push(state));
  let handedOver = 0;
  chat.onTrace((event) => {
    if (event.kind !== "frame" || event.headers["destination"] !== "/app/auth") return;
    handedOver++;
    expect(event.body).toBe("…");
  });
  const room = chat.room("general");
  await until(room.state, ({ status }) => status === "live");
  const isOver = async () =>
    (await fetch(`${server.url}/rooms`, { headers: { authorization: `Bearer ${token}` } })).status === 401;
  await vi.waitUntil(isOver, { timeout: 60_000, interval: 500 });
  room.send("with another token");
  await until(room.state, (state) => storedTexts(state)?.length === 1);
  expect(handedOver).toBeGreaterThan(0);
  expect(states).toMatchObject([{ status: "connected" }]);
  await chat.close();
});
