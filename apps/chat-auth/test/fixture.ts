// A chat-auth that really runs, on a database of its own that can be taken away and given back.
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createMemoryBus, type Bus } from "@parley/bus";
import { AccessClaims, AuditOutboxPage, ChatAccessPubSub, plainChannels, type LoginAnswer } from "@parley/contracts";
import { createPool, migrate } from "@parley/database";
import { createDatabase } from "@parley/embedded";
import { createRates, type Rates } from "@parley/rates";
import { createLifecycle, createLog, listen, readConfig } from "@parley/service";
import { Client } from "pg";
import request from "supertest";
import { inject, onTestFinished, vi } from "vitest";
import { authVariables, createChatAuth } from "../src/service.ts";
import { createDatabase as createStore } from "../src/store/database.ts";

const log = createLog("test", "silent");
export const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));
export const password = "correct horse battery";

export type Agent = ReturnType<typeof request>;

/** When what a test has opened is closed: at its own end, or with `afterAll` at the end of its file. */
type AtEnd = (close: () => Promise<void>) => void;

export async function openDatabase(atEnd: AtEnd = onTestFinished) {
  const adminUrl: string = inject("databaseUrl");
  const { url, drop } = await createDatabase(adminUrl);
  atEnd(drop);
  const name = new URL(url).pathname.slice(1);
  return {
    url,
    /** Ends every connection and takes no more. */
    shut: async () => {
      await query(adminUrl, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await query(adminUrl, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`);
    },
    open: () => query(adminUrl, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`),
  };
}

export const serviceToken = "service-token-of-tests";
export const operatorToken = "operator-token-of-tests";

export interface StartOptions {
  atEnd?: AtEnd;
  /** One of its own by default. */
  bus?: Bus;
  /** Counts of its own by default. */
  rates?: Rates;
}

/** Opens the service on a database; `env` is what else it is told. */
export async function startAuth(
  databaseUrl: string,
  env: NodeJS.ProcessEnv = {},
  { atEnd = onTestFinished, bus = createMemoryBus(), rates = createRates({ log }) }: StartOptions = {},
) {
  const lifecycle = createLifecycle(log, 10_000);
  atEnd(() => lifecycle.close());
  const own = { DATABASE_URL: databaseUrl, SERVICE_TOKEN: serviceToken, OPERATOR_TOKEN: operatorToken };
  const config = readConfig(authVariables, { ...own, EXEMPT_ADDRESSES: "loopback", ...env });
  const { server, notReady } = await createChatAuth(config, { log, lifecycle, bus, rates });
  const url = `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}`;
  return { agent: request(server), url, notReady };
}

export async function openAuth(env: NodeJS.ProcessEnv = {}, atEnd: AtEnd = onTestFinished) {
  const database = await openDatabase(atEnd);
  const bus = createMemoryBus();
  return { database, bus, ...(await startAuth(database.url, env, { atEnd, bus })) };
}

/** What others hear of logins that end. */
export async function hearEndings(bus: Bus): Promise<ChatAccessPubSub[]> {
  const events: ChatAccessPubSub[] = [];
  await bus.subscribe(plainChannels.access, (payload) => events.push(ChatAccessPubSub.parse(JSON.parse(payload))));
  return events;
}

/** A page of what the other services follow, from its beginning. */
export async function readOutbox(agent: Agent, path: string, after = 0) {
  const response = await agent.get(`/internal/${path}?after=${after}`).set(bearer(serviceToken)).expect(200);
  return response.body;
}

/** The audit events that there are, by action. */
export async function readActions(agent: Agent): Promise<string[]> {
  const { events } = AuditOutboxPage.parse(await readOutbox(agent, "audit"));
  return events.map(({ action }) => action);
}

/** The store alone, without a service. */
export async function openStore(max = 10) {
  const { url } = await openDatabase();
  await migrate(url, { folder: migrationsFolder, schema: "auth", lockKey: 1 });
  const pool = createPool(url, { log, name: "test", max });
  onTestFinished(() => pool.end());
  return { db: createStore(pool), url };
}

/** Rows of one statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

export function bearer(token: string | Pick<LoginAnswer, "accessToken">): { Authorization: string } {
  return { Authorization: `Bearer ${typeof token === "string" ? token : token.accessToken}` };
}

export function someone(): { email: string; password: string; nickname: string } {
  return { email: `${randomUUID()}@example.org`, password, nickname: "Ada" };
}

/** Signs a new account up. */
export async function signUp(agent: Agent, who = someone()) {
  const response = await agent.post("/signup").send(who).expect(201);
  return { who, answer: response.body as LoginAnswer, cookie: cookieOf(response) };
}

/** Another login of theirs. */
export async function logIn(agent: Agent, { email, password: shown }: { email: string; password: string }) {
  const response = await agent.post("/login").send({ email, password: shown }).expect(200);
  return { answer: response.body as LoginAnswer, cookie: cookieOf(response) };
}

/** `refresh_token=…` as a browser would send it back. */
export function cookieOf(response: request.Response): string {
  return setCookieOf(response).split(";")[0]!;
}

export function setCookieOf(response: request.Response): string {
  return (response.get("Set-Cookie") ?? []).find((line) => line.startsWith("refresh_token=")) ?? "";
}

/** What an access token says, unverified. */
export function claimsOf({ accessToken }: LoginAnswer): AccessClaims {
  return AccessClaims.parse(JSON.parse(Buffer.from(accessToken.split(".")[1]!, "base64url").toString()));
}

export function count(responses: request.Response[], status: number): number {
  return responses.filter((response) => response.status === status).length;
}

/** Keeps every refresh token from being used until the answer is called. */
export async function lockTokens(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("BEGIN; SELECT 1 FROM auth.refresh_token FOR UPDATE");
  return () => client.end();
}

/** Resolves when so many sessions wait for a lock. */
export async function waiting(url: string, sessions: number): Promise<void> {
  const text =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await vi.waitUntil(async () => (await query(url, text))[0]?.["n"] === sessions, { timeout: 10_000 });
}
