// Keys change while tokens are made and verified.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createMemoryBus } from "@parley/bus";
import { createVerifier } from "@parley/tokens";
import { expect, test, vi } from "vitest";
import {
  bearer,
  cookieOf,
  openAuth,
  openDatabase,
  operatorToken,
  query,
  readActions,
  signUp,
  startAuth,
  type Agent,
} from "./fixture.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../../../scripts/rotate-keys.ts", import.meta.url));
/** Longer than the pause of a verifier between two questions for keys, as 660 s are longer than what caches keep. */
const KEY_LEAD_SECONDS = "13";
const unhurried = { REFRESHES_PER_MINUTE_MAX: "1000000" };

const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split(".")[0]!, "base64url").toString()).kid;

/** Signs up, and gets a new token of that login each time it is asked. */
async function openTokens(agent: Agent) {
  let { cookie } = await signUp(agent);
  return async (): Promise<string> => {
    const response = await agent.post("/refresh").set("Cookie", cookie).expect(200);
    cookie = cookieOf(response);
    return response.body.accessToken;
  };
}

async function readKids(agent: Agent): Promise<string[]> {
  return (await agent.get("/.well-known/jwks.json")).body.keys.map(({ kid }: { kid: string }) => kid);
}

async function openTwo(env: NodeJS.ProcessEnv) {
  const { url } = await openDatabase();
  const bus = createMemoryBus();
  const [here, there] = await Promise.all([startAuth(url, env, { bus }), startAuth(url, env, { bus })]);
  return { url, bus, here, there };
}

test("while keys change no good token is refused, made and verified by whichever instance", async () => {
  const { here, there } = await openTwo({ KEY_LEAD_SECONDS, ...unhurried });
  const makers = [await openTokens(here.agent), await openTokens(there.agent)];
  const verifiers = [here, there].map(({ url }) =>
    createVerifier({ jwksUrl: `${url}/.well-known/jwks.json`, issuer: "parley", audience: "parley" }),
  );
  const tokens: string[] = [];
  let verified = 0;
  const over = new AbortController();
  async function goOn(make: () => Promise<string>) {
    while (!over.signal.aborted) {
      tokens.push(await make());
      for (const { verify } of verifiers)
        for (const token of [tokens[0]!, tokens.at(-1)!]) {
          await verify(token);
          verified++;
        }
      await here.agent
        .get("/me")
        .set(bearer(tokens.at(-1)!))
        .expect(200);
    }
  }
  const all = makers.map(goOn);
  await vi.waitUntil(() => verified > 50, { timeout: 20_000 });

  const { kid } = (await here.agent.post("/keys/rotate").set(bearer(operatorToken)).expect(200)).body;
  const made = tokens.length;
  await vi.waitUntil(async () => (await readKids(there.agent)).includes(kid), { timeout: 5_000 });
  await vi.waitUntil(() => tokens.slice(-2).every((token) => kidOf(token) === kid), { timeout: 20_000 });
  const after = tokens.length;
  await vi.waitUntil(() => tokens.length > after + 20, { timeout: 10_000 });
  over.abort();
  await Promise.all(all);

  const during = tokens.slice(made, after).filter((token) => kidOf(token) !== kid);
  expect(during.length).toBeGreaterThan(20);
  for (const token of tokens) for (const { verify } of verifiers) await verify(token);
}, 60_000);

test("a new key signs only after its lead; until then a second rotation is a CONFLICT", async () => {
  const { agent } = await openAuth();
  const make = await openTokens(agent);
  const [old] = await readKids(agent);
  const response = await agent.post("/keys/rotate").set(bearer(operatorToken)).expect(200);
  const { kid } = response.body;
  expect(response.body.signsInSeconds).toBe(660);
  expect(new Set(await readKids(agent))).toEqual(new Set([old, kid]));
  expect(kidOf(await make())).toBe(old);
  const again = await agent.post("/keys/rotate").set(bearer(operatorToken));
  expect([again.status, again.body.error.code]).toEqual([409, "CONFLICT"]);
  expect((await readActions(agent)).filter((action) => action === "key.rotated")).toHaveLength(1);
});

test("a key leaves once nothing that it signed can be good, and not before", async () => {
  const { agent, database } = await openAuth({ ACCESS_TOKEN_SECONDS: "600" });
  const { kid } = (await agent.post("/keys/rotate").set(bearer(operatorToken)).expect(200)).body;
  const age = (interval: string) =>
    query(database.url, `UPDATE auth.signing_key SET signs_at = signs_at - interval '${interval}'`);
  await age("20 minutes");
  expect(await readKids((await startAuth(database.url, { ACCESS_TOKEN_SECONDS: "600" })).agent)).toHaveLength(2);
  await age("5 minutes");
  const restarted = await startAuth(database.url, { ACCESS_TOKEN_SECONDS: "600" });
  await vi.waitUntil(async () => (await readKids(restarted.agent)).length === 1, { timeout: 5_000 });
  expect(await readKids(restarted.agent)).toEqual([kid]);
});

test("a revoked key is worth nothing at once, on all instances; who has a login goes on (--revoke)", async () => {
  const { here, there } = await openTwo({});
  const make = await openTokens(here.agent);
  const before = await make();
  const { kid, signsInSeconds } = (
    await here.agent.post("/keys/rotate").set(bearer(operatorToken)).send({ revoke: true }).expect(200)
  ).body;
  expect(signsInSeconds).toBe(0);
  await here.agent.get("/me").set(bearer(before)).expect(401);
  await vi.waitUntil(async () => (await there.agent.get("/me").set(bearer(before))).status === 401, { timeout: 5_000 });
  const after = await make();
  expect(kidOf(after)).toBe(kid);
  for (const { agent } of [here, there]) {
    expect(await readKids(agent)).toEqual([kid]);
    await agent.get("/me").set(bearer(after)).expect(200);
  }
});

test("operators rotate keys by a script, which says what follows", async () => {
  const { agent, url } = await openAuth();
  const rotate = (env: Record<string, string>, ...flags: string[]) =>
    run(process.execPath, [script, ...flags], { env: { AUTH_URL: url, OPERATOR_TOKEN: operatorToken, ...env } });
  expect((await rotate({})).stdout).toMatch(/^Key \S{43} is published, and signs in 660 s\.\n$/);
  await expect(rotate({})).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/try again later/) });
  expect((await rotate({}, "--revoke")).stdout).toMatch(/^Key \S{43} signs now; no other is accepted\.\n$/);
  expect(await readKids(agent)).toHaveLength(1);
  await expect(rotate({ OPERATOR_TOKEN: "of-somebody-else" })).rejects.toMatchObject({
    stderr: "chat-auth answered 401 UNAUTHENTICATED.\n",
  });
  await expect(rotate({ AUTH_URL: "" })).rejects.toMatchObject({ stderr: expect.stringMatching(/^AUTH_URL says/) });
});

test.each([[{ revoke: "yes" }], [[]], ["text"]])("refuses %j", async (body) => {
  const { agent } = await openAuth();
  const response = await agent.post("/keys/rotate").set(bearer(operatorToken)).type("json").send(JSON.stringify(body));
  expect(response.status).toBe(400);
});
