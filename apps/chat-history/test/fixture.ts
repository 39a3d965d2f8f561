// A chat-history that really runs, on a database of its own, with tokens that it accepts.
import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { createMemoryBus, type Bus } from "@parley/bus";
import { channelsOf, ChatRejectedPubSub, ChatTimestampPubSub, type ChatMessagePubSub } from "@parley/contracts";
import { createDatabase } from "@parley/embedded";
import { createLifecycle, createLog } from "@parley/service";
import { startIssuer } from "@parley/tokens/issuer";
import { Pool } from "pg";
import request from "supertest";
import { inject } from "vitest";
import { readConfig } from "@parley/service";
import type { AuthOutboxes } from "./auth-outboxes.ts";
import { createChatHistory, historyVariables } from "../src/service.ts";

export const serviceToken = "service-token-of-tests";
export const channels = channelsOf(0, 1);
const log = createLog("test", "silent");

interface FixtureOptions {
  bus?: Bus;
  databaseUrl?: string;
  env?: Record<string, string>;
  /** What chat-auth has to tell. */
  auth?: AuthOutboxes;
}

/** By default rooms come into being by themselves, and nobody changes them too fast. */
export async function openHistory({ bus = createMemoryBus(), databaseUrl, env, auth }: FixtureOptions = {}) {
  const lifecycle = createLifecycle(log, 5_000);
  const database =
    databaseUrl === undefined
      ? await createDatabase(inject("databaseUrl"))
      : { url: databaseUrl, drop: async () => {} };
  lifecycle.opened("database", () => database.drop());
  const issuer = await startIssuer(undefined, auth?.answer);
  lifecycle.opened("issuer", () => issuer.close());
  const pool = new Pool({ connectionString: database.url });
  pool.on("error", () => {}); // A connection that is ending may be ended by force when the database is dropped.
  lifecycle.opened("pool", () => pool.end());
  const config = readConfig(historyVariables, {
    DATABASE_URL: database.url,
    AUTH_URL: issuer.url,
    SERVICE_TOKEN: serviceToken,
    ROOMS_AUTO_CREATE: "true",
    CHANGES_PER_SECOND_MAX: "100000",
    CHANGES_BURST_MAX: "100000",
    ROOMS_PER_HOUR_MAX: "100000",
    ...env,
  });
  const { server } = await createChatHistory(config, { log, lifecycle, bus });
  const tokens = new Map<string, Promise<string>>();
  function tokenOf(accountId: string): Promise<string> {
    const token = tokens.get(accountId) ?? issuer.sign({ accountId, name: `${accountId}'s name` });
    tokens.set(accountId, token);
    return token;
  }
  return {
    server,
    bus,
    pool,
    databaseUrl: database.url,
    /** What an account shows. */
    authorizationOf: async (accountId: string) => `Bearer ${await issuer.sign({ accountId, name: accountId })}`,
    /** Calls as an account. */
    callAs: (accountId: string) => async (method: Method, path: string, body?: object) =>
      call(server, method, path, await tokenOf(accountId), body),
    /** Calls as another service. */
    callInternally: (method: Method, path: string, body?: object) => call(server, method, path, serviceToken, body),
    authorization: `Bearer ${await issuer.sign({ accountId: "reader", name: "Reader" })}`,
    close: () => lifecycle.close(),
  };
}

type Method = "get" | "post" | "put" | "patch" | "delete";

interface Answer {
  status: number;
  body: any;
  headers: Record<string, string>;
}

async function call(
  server: Server,
  method: Method,
  path: string,
  token: string,
  body: object | undefined,
): Promise<Answer> {
  return request(server)[method](path).set("authorization", `Bearer ${token}`).send(body);
}

/** A message as a gateway would put it into the log. */
export function messageFor(roomId: string, more: Partial<ChatMessagePubSub> = {}): ChatMessagePubSub {
  return {
    roomId,
    tempId: randomUUID(),
    sender: "alice",
    senderName: "Alice",
    content: "text",
    via: randomUUID(),
    ...more,
  };
}

/** Puts messages into the log and waits until each has its outcome, in the order in which outcomes came. */
export async function record(bus: Bus, messages: ChatMessagePubSub[], on = channels) {
  const outcomes = await watchOutcomes(bus, messages, on);
  await append(bus, messages, on);
  return outcomes.all;
}

export async function append(bus: Bus, messages: ChatMessagePubSub[], on = channels): Promise<void> {
  const entryLog = { name: on.log, topic: on.message };
  await Promise.all(messages.map((message) => bus.append(entryLog, message.roomId, JSON.stringify(message))));
}

type Outcome = ChatTimestampPubSub | ChatRejectedPubSub;

/** `all` resolves when every message's `via` was answered. */
export async function watchOutcomes(bus: Bus, messages: ChatMessagePubSub[], on = channels) {
  const waiting = new Set(messages.map(({ via }) => via));
  const outcomes: Outcome[] = [];
  const { promise, resolve } = Promise.withResolvers<Outcome[]>();
  const hear = (shape: typeof ChatTimestampPubSub | typeof ChatRejectedPubSub) => (payload: string) => {
    const outcome = shape.parse(JSON.parse(payload));
    if (!waiting.delete(outcome.via)) return;
    outcomes.push(outcome);
    if (waiting.size === 0) resolve(outcomes);
  };
  await bus.subscribe(on.timestamp, hear(ChatTimestampPubSub));
  await bus.subscribe(on.rejected, hear(ChatRejectedPubSub));
  return { all: promise, outcomes };
}
