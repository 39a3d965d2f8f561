// docs/integrate.md, done: its variables configure the services, its code signs the tokens. No chat-auth runs.
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { createDatabase, startRedis } from "@parley/embedded";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readHistory, type Person } from "../src/accounts.ts";
import { confirmedOf } from "../src/inbox.ts";
import { runToEnd, startService, type ServiceProcess } from "../src/service-process.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const page = await readFile(new URL("../../../docs/integrate.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/TOKEN_ISSUERS='(.*)'\n```\n+```js\n([^]*?)```/g)];
const SERVICE_TOKEN = "service-token-of-tests";

const closers: (() => unknown)[] = [];
let env: Record<string, string>;
let history: ServiceProcess;
let gateway: ServiceProcess;
/** One of each app. */
let people: Person[];

beforeAll(async () => {
  const port = await findPort();
  const issuers = examples.map(([, list], index) => ({
    ...JSON.parse(list!.replace("3000", port))[0],
    ...(index === 1 && { name: "forum", issuer: "https://forum.example" }),
  }));
  const tokens = await Promise.all(
    examples.map(([, , code], index) =>
      runExample(
        code!.replace("3000", port).replace("https://shop.example", issuers[index].issuer),
        issuers[index].secret,
      ),
    ),
  );
  people = tokens.map((token, index) => ({ accountId: `${issuers[index].name}:42`, name: "Ada", token }));

  const [redis, database] = await Promise.all([startRedis(), createDatabase(inject("databaseUrl"))]);
  closers.push(
    () => redis.stop(),
    () => database.drop(),
  );
  env = {
    PORT: "0",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    SERVICE_TOKEN,
    ROOMS_AUTO_CREATE: "true",
    TOKEN_ISSUERS: JSON.stringify(issuers),
  };
  history = await startService("chat-history", env);
  closers.push(() => history.end("SIGTERM"));
  gateway = await startService("chat-ws", { ...env, HISTORY_URL: history.url });
  closers.push(() => gateway.end("SIGTERM"));
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

async function findPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

/** Runs a code example as it stands; what it signs for somebody. */
async function runExample(code: string, secret = ""): Promise<string> {
  const show = `console.log(signChatToken({ id: "42", name: "Ada" }, ${JSON.stringify(secret)}));`;
  const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", `${code}\n${show}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  closers.push(() => child.kill());
  const [printed] = await once(child.stdout!, "data");
  return String(printed).trim();
}

test("people of both apps meet in a room, and history knows them", async () => {
  expect(people.map(({ accountId }) => accountId)).toEqual(["shop:42", "forum:42"]);
  const roomId = randomUUID();
  const clients = await Promise.all(people.map((person) => connectStompjs(gateway.url, person)));
  const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId)));
  for (const [index, client] of clients.entries())
    await client.send({ roomId, content: `${index}`, sender: people[index]!.accountId, tempId: randomUUID() });
  for (const inbox of inboxes) await inbox.until(() => confirmedOf(inbox).length === 2);
  for (const person of people) {
    const stored = await readHistory(history.url, roomId, person);
    expect(stored.map(({ sender, senderName }) => [sender, senderName])).toEqual([
      ["shop:42", "Ada"],
      ["forum:42", "Ada"],
    ]);
  }
  await Promise.all(clients.map((client) => client.close()));
});

test("a token that one app signed is not taken for one of the other (B-66)", async () => {
  const [head, claims, signature] = people[0]!.token.split(".") as [string, string, string];
  const changed = JSON.parse(Buffer.from(claims, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...changed, iss: "https://forum.example" })).toString("base64url");
  const token = `${head}.${forged}.${signature}`;
  await expect(connectStompjs(gateway.url, { ...people[1]!, token })).rejects.toThrow("UNAUTHENTICATED");
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${history.url}/room/messages`, { headers })).status).toBe(401);
});

test.each(["chat-ws", "chat-history"])("%s does not start when nobody's tokens would be accepted", async (app) => {
  const { code, output } = await runToEnd(app, { ...env, HISTORY_URL: history.url, TOKEN_ISSUERS: "" });
  expect(code).toBe(78);
  expect(output).toBe("AUTH_URL or TOKEN_ISSUERS: nobody's access tokens are accepted without\n");
});

test.each(["chat-ws", "chat-history"])(
  "%s does not start on a fault in TOKEN_ISSUERS, and keeps it secret",
  async (app) => {
    const TOKEN_ISSUERS = '[{"name":"shop","issuer":"i","audience":"a","secret":"hunter2"}]';
    const { code, output } = await runToEnd(app, { ...env, HISTORY_URL: history.url, TOKEN_ISSUERS });
    expect(code).toBe(78);
    expect(output).toContain("TOKEN_ISSUERS: entry 1: secret: expected at least 32 octets");
    expect(output).not.toContain("hunter2");
  },
);
