// How often one account and one address may connect, counted over all instances.
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openRaw } from "../src/raw-client.ts";

const [perAccount, perAddress] = [3, 8];

let cluster: Cluster;
beforeAll(async () => {
  const gatewayEnv = {
    CONNECTS_PER_ACCOUNT_MAX: String(perAccount),
    CONNECTS_PER_ADDRESS_MAX: String(perAddress),
    EXEMPT_ADDRESSES: "",
  };
  cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 1, gatewayEnv });
});
afterAll(() => cluster.close());

let connects = 0;

/** By turns over the instances; the answer. */
async function connect({ token }: Person): Promise<string> {
  const client = await openRaw(cluster.gateways[connects++ % 2]!.url);
  client.send("CONNECT", { "accept-version": "1.2", host: "x", Authorization: `Bearer ${token}` });
  await client.frames.until((all) => all.length > 0);
  const [{ command, headers }] = client.frames.all as [(typeof client.frames.all)[number]];
  if (command === "ERROR") {
    expect(Number(headers["retry-after-ms"])).toBeGreaterThan(0);
    expect(await client.closed).toBe(1008);
  } else client.close();
  return headers["code"] ?? command;
}

test("an account, then an address, that connects too often over two instances is RATE_LIMITED", async () => {
  const names = ["Ada", "Bob", "Cyd", "Dan"];
  const [ada, bob, cyd, dan] = await Promise.all(names.map((name) => signUp(cluster.auth.url, name)));
  const answers: string[] = [];
  for (const person of [ada, ada, ada, ada, bob, bob, bob, cyd, dan]) answers.push(await connect(person!));
  const taken = "CONNECTED";
  expect(answers.slice(0, perAccount + 1)).toEqual([taken, taken, taken, "RATE_LIMITED"]);
  expect(answers.slice(perAccount + 1)).toEqual([taken, taken, taken, taken, "RATE_LIMITED"]);
});
