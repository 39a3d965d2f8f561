import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { openRaw } from "../src/raw-client.ts";

let cluster: Cluster;
let person: Person;
beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 1, histories: 1 });
  person = await signUp(cluster.auth.url, "Ada");
});
afterAll(() => cluster.close());

const chat = (roomId: string) => JSON.stringify({ roomId, content: "hello" });

test("the chat makes a message of its own from a SEND: its headers stay behind, its destination is the room's (D-1)", async () => {
  const roomId = randomUUID();
  const client = await openRaw(cluster.gateways[0]!.url, person);
  client.send("SUBSCRIBE", { id: "1", destination: `/topic/${roomId}`, receipt: "stands" });
  await client.next("RECEIPT");
  client.send("SEND", { destination: "/app/chat", "x-colour": "green", "content-type": "text/plain" }, chat(roomId));
  const { headers, body } = await client.next("MESSAGE");
  expect(headers).toMatchObject({ destination: `/topic/${roomId}`, "content-type": "application/json" });
  expect(headers["x-colour"]).toBeUndefined();
  expect(JSON.parse(body)).toMatchObject({ roomId, content: "hello", sender: person.accountId, seq: null });
  client.close();
});

test.each(["ACK", "NACK"])("on topics %s frees the window, and nothing is delivered again (D-5)", async (answer) => {
  const roomId = randomUUID();
  const client = await openRaw(cluster.gateways[0]!.url, person);
  const subscribe = { destination: `/topic/${roomId}`, ack: "client-individual" };
  client.send("SUBSCRIBE", { id: "1", receipt: "stands", ...subscribe });
  await client.next("RECEIPT");
  client.send("SEND", { destination: "/app/chat", receipt: "stored" }, chat(roomId));
  await client.frames.until((all) => all.filter(({ command }) => command === "MESSAGE").length === 2);
  for (const { command, headers } of client.frames.all)
    if (command === "MESSAGE") client.send(answer, { id: headers["ack"]!, receipt: headers["ack"]! });
  client.send("UNSUBSCRIBE", { id: "1" });
  client.send("SUBSCRIBE", { id: "2", receipt: "again", ...subscribe });
  await client.frames.until((all) => all.some(({ headers }) => headers["receipt-id"] === "again"));
  expect(client.frames.all.filter(({ command }) => command === "MESSAGE")).toHaveLength(2);
  client.close();
});
