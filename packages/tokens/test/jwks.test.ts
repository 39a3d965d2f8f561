import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Refusal } from "@parley/contracts";
import type { JSONWebKeySet } from "jose";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createVerifier, generateSigningKey, publicJwks } from "../src/index.ts";
import { audience, claims, issuer, jwks, key, signClaims } from "./token-maker.ts";

/** A stand-in for chat-auth that can go away and come back on the same port. */
interface KeyServer {
  url: string;
  /** How often the keys were asked for. */
  asked(): number;
  /** What is served from now on; an HTTP status instead of keys. */
  serve(next: JSONWebKeySet | number): void;
  stop: () => Promise<void>;
  start(): Promise<void>;
}

async function startKeyServer(): Promise<KeyServer> {
  let served: JSONWebKeySet | number = jwks;
  let asked = 0;
  let port = 0;
  let server: Server | undefined;
  const keyServer: KeyServer = {
    url: "",
    asked: () => asked,
    serve(next) {
      served = next;
    },
    async start() {
      server = createServer((_request, response) => {
        asked++;
        if (typeof served === "number") response.writeHead(served).end();
        else response.end(JSON.stringify(served));
      }).listen(port, "127.0.0.1");
      await once(server, "listening");
      port = (server.address() as AddressInfo).port;
    },
    async stop() {
      if (!server?.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  await keyServer.start();
  keyServer.url = `http://127.0.0.1:${port}/.well-known/jwks.json`;
  onTestFinished(keyServer.stop);
  return keyServer;
}

/** For an answer of a machine that is busy. */
const wait = { timeout: 10_000 };

/** Only clocks are moved by hand: sockets and timers run as they are. */
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

function pass(seconds: number): void {
  vi.advanceTimersByTime(seconds * 1000);
}

const freshToken = (signer = key) => signClaims(claims(), { signer });

async function open() {
  const server = await startKeyServer();
  const { verify } = createVerifier({ jwksUrl: server.url, issuer, audience });
  return { server, verify };
}

/** The code by which a token is refused, or "accepted". */
function outcomeOf(verified: Promise<unknown>): Promise<unknown> {
  return verified.then(
    () => "accepted",
    (error: unknown) => (error instanceof Refusal ? error.code : error),
  );
}

test("many tokens at once ask for the keys once", async () => {
  const { server, verify } = await open();
  await Promise.all(Array.from({ length: 20 }, async () => verify(await freshToken())));
  expect(server.asked()).toBe(1);
});

test("keys are kept for 10 minutes, then refreshed while the old ones serve", async () => {
  const { server, verify } = await open();
  await verify(await freshToken());
  pass(599);
  await verify(await freshToken());
  expect(server.asked()).toBe(1);
  const next = await generateSigningKey();
  server.serve(publicJwks([next]));
  pass(2);
  await verify(await freshToken());
  await vi.waitUntil(() => server.asked() === 2, wait);
  await vi.waitUntil(async () => (await outcomeOf(verify(await freshToken(next)))) === "accepted", wait);
  pass(11);
  expect(await outcomeOf(verify(await freshToken()))).toBe("UNAUTHENTICATED");
});

test("a good token keeps working for as long as chat-auth is away (F-07)", async () => {
  const { server, verify } = await open();
  await verify(await freshToken());
  await server.stop();
  for (let hour = 0; hour < 24; hour++) {
    pass(3600);
    expect((await verify(await freshToken())).name).toBe("Ada");
  }
});

test("while chat-auth fails it is asked for fresh keys once in 10 s, not for each token", async () => {
  const { server, verify } = await open();
  await verify(await freshToken());
  server.serve(500);
  pass(601);
  for (let n = 0; n < 20; n++) await verify(await freshToken());
  await vi.waitUntil(() => server.asked() >= 2, wait);
  pass(11);
  for (let n = 0; n < 20; n++) await verify(await freshToken());
  await vi.waitUntil(() => server.asked() >= 3, wait);
  expect(server.asked()).toBe(3);
});

test("an unknown kid asks at most once in 10 s, in a row and in parallel, and is refused at once (B-66, F-07)", async () => {
  const { server, verify } = await open();
  const stranger = await generateSigningKey();
  await verify(await freshToken());
  pass(11);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => freshToken(stranger)));
  const outcomes = await Promise.all(tokens.map((token) => outcomeOf(verify(token))));
  expect(new Set(outcomes)).toEqual(new Set(["UNAUTHENTICATED"]));
  for (const token of tokens) expect(await outcomeOf(verify(token))).toBe("UNAUTHENTICATED");
  expect(server.asked()).toBe(2);
  pass(11);
  expect(await outcomeOf(verify(await freshToken(stranger)))).toBe("UNAUTHENTICATED");
  expect(server.asked()).toBe(3);
});

test.each([0, 1, 5, 9, 10, 11])(
  "a key published 11 s before its first token is never refused, also if unknown kids come %i s after it (F-56)",
  async (afterSeconds) => {
    const { server, verify } = await open();
    const [stranger, next] = [await generateSigningKey(), await generateSigningKey()];
    await verify(await freshToken());
    server.serve(publicJwks([key, next]));
    pass(afterSeconds);
    await outcomeOf(verify(await freshToken(stranger)));
    pass(11 - afterSeconds);
    expect(await outcomeOf(verify(await freshToken(next)))).toBe("accepted");
  },
);

test("an unknown kid asks at most once in 10 s while the answer is an error, too", async () => {
  const { server, verify } = await open();
  const stranger = await generateSigningKey();
  await verify(await freshToken());
  pass(11);
  server.serve(500);
  for (let n = 0; n < 20; n++) expect(await outcomeOf(verify(await freshToken(stranger)))).toBe("UNAVAILABLE");
  expect(server.asked()).toBe(2);
});

test("a new key is accepted with the first token that names it", async () => {
  const { server, verify } = await open();
  await verify(await freshToken());
  const next = await generateSigningKey();
  server.serve(publicJwks([key, next]));
  pass(11);
  expect((await verify(await freshToken(next))).name).toBe("Ada");
});

test.each([
  ["away", undefined],
  ["failing", 503],
  ["redirecting", 302],
] as const)("without keys, %s chat-auth means UNAVAILABLE, and its return heals", async (_name, status) => {
  const { server, verify } = await open();
  if (status === undefined) await server.stop();
  else server.serve(status);
  expect(await outcomeOf(verify(await freshToken()))).toBe("UNAVAILABLE");
  if (status === undefined) await server.start();
  else server.serve(jwks);
  expect((await verify(await freshToken())).name).toBe("Ada");
});

test("a chat-auth that accepts and says nothing is given up within 2 s", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => silent.closeAllConnections());
  const jwksUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const from = performance.now();
  expect(await outcomeOf(createVerifier({ jwksUrl, issuer, audience }).verify(await freshToken()))).toBe("UNAVAILABLE");
  expect(performance.now() - from).toBeLessThan(2500);
});

test("what cannot be a token never asks", async () => {
  const { server, verify } = await open();
  expect(await outcomeOf(verify("not a token"))).toBe("UNAUTHENTICATED");
  expect(server.asked()).toBe(0);
});
