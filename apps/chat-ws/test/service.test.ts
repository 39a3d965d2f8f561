import { createMemoryBus } from "@parley/bus";
import { createRates } from "@parley/rates";
import { createLifecycle, createLog, readConfig } from "@parley/service";
import { startIssuer } from "@parley/tokens/issuer";
import request from "supertest";
import { afterAll, expect, test } from "vitest";
import { createChatWs, gatewayVariables } from "../src/service.ts";

const log = createLog("test", "silent");
const lifecycle = createLifecycle(log, 5_000);
const issuer = await startIssuer();
lifecycle.opened("issuer", () => issuer.close());
const config = readConfig(gatewayVariables, {
  AUTH_URL: issuer.url,
  HISTORY_URL: "http://127.0.0.1:9",
  SERVICE_TOKEN: "service-token-of-tests",
  SERVER_ID: "gateway-1",
  RESTART_SPREAD_MS: "0",
});
const bus = createMemoryBus();
const { server } = await createChatWs(config, { log, lifecycle, bus, rates: createRates({ log }) });
afterAll(() => lifecycle.close());

test("GET /server says which instance answers (contracts §5)", async () => {
  const { body } = await request(server).get("/server").expect(200);
  expect(body).toEqual({ serverId: "gateway-1", sessions: 0, uptimeSeconds: expect.any(Number) });
});

test("is ready while the bus is there, and says what is missing when it is not", async () => {
  await request(server).get("/health/ready").expect(200);
  await bus.close();
  const { body } = await request(server).get("/health/ready").expect(503);
  expect(body.waiting).toEqual(["bus"]);
});

test("counts without naming rooms or accounts (B-89)", async () => {
  const { text } = await request(server).get("/metrics").expect(200);
  for (const name of ["sessions", "rooms", "messages_accepted_total", "rooms_healed_total", "redis_gap_total"]) {
    expect(text).toContain(name);
  }
});
