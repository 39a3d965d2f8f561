import { randomUUID } from "node:crypto";
import { ChatRejected } from "@parley/contracts";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readHistory, signUp } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openRaw } from "../src/raw-client.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 1, gatewayEnv: {} });
});
afterAll(() => cluster.close());

const send = (roomId: string, n: number) =>
  ["SEND", { destination: "/app/chat", receipt: `r${n}` }, JSON.stringify({ roomId, content: `${n}` })] as const;

test("who sends too fast is told how long to wait, and sent away after a hundred times; the rest is stored (B-57)", async () => {
  const person = await signUp(cluster.auth.url, "Ada");
  const roomId = randomUUID();
  const client = await openRaw(cluster.gateways[0]!.url, person);
  client.send("SUBSCRIBE", { id: "errors", destination: "/user/queue/errors", receipt: "stands" });
  await client.next("RECEIPT");
  for (let n = 0; n < 1_000; n++) client.send(...send(roomId, n));

  const error = await client.next("ERROR");
  expect(error.headers["code"]).toBe("RATE_LIMITED");
  expect(await client.closed).toBe(1008);
  const refused = client.frames.all
    .filter(({ command }) => command === "MESSAGE")
    .map(({ body }) => ChatRejected.parse(JSON.parse(body)));
  expect(refused.length).toBeGreaterThanOrEqual(100);
  for (const { code, retryable, retryAfterMs, receiptId } of refused) {
    expect([code, retryable]).toEqual(["RATE_LIMITED", true]);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(receiptId).toMatch(/^r\d+$/);
  }
  const answered = client.frames.all.filter(({ command }) => command === "RECEIPT").length - 1;
  await expect
    .poll(async () => (await readHistory(cluster.histories[0]!.url, roomId, person)).length)
    .toBeGreaterThanOrEqual(60);
  const stored = await readHistory(cluster.histories[0]!.url, roomId, person);
  expect(stored.length).toBeGreaterThanOrEqual(answered);
  expect(stored.length).toBeLessThan(200);
  const numbers = stored.map(({ content }) => Number(content));
  expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
});

test("without a subscription to the errors the first refusal is an ERROR that names the receipt", async () => {
  const client = await openRaw(cluster.gateways[0]!.url, await signUp(cluster.auth.url, "Bob"));
  const roomId = randomUUID();
  for (let n = 0; n < 100; n++) client.send(...send(roomId, n));
  const error = await client.next("ERROR");
  expect(error.headers["code"]).toBe("RATE_LIMITED");
  expect(error.headers["receipt-id"]).toBe("r60");
  expect(await client.closed).toBe(1008);
});
