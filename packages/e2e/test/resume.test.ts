// A plain client that comes back with the last seq it has, while everybody goes on talking.
import { randomUUID } from "node:crypto";
import type { StoredMessage } from "@parley/contracts";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { startCluster, type Cluster } from "../src/cluster.ts";
import { confirmedOf } from "../src/inbox.ts";
import { openRaw } from "../src/raw-client.ts";
import { openRetryingSender } from "../src/retrying-sender.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

const reconnects = 50;

let cluster: Cluster;
let alice: Person;

beforeAll(async () => {
  cluster = await startCluster(inject("databaseUrl"), { gateways: 2, histories: 1 });
  alice = await signUp(cluster.auth.url, "Alice");
});
afterAll(() => cluster.close());

async function change(method: "PATCH" | "DELETE", { roomId, id }: { roomId: string; id: string }, content?: string) {
  const response = await fetch(`${cluster.histories[0]!.url}/${roomId}/messages/${id}`, {
    method,
    headers: { authorization: `Bearer ${alice.token}`, "content-type": "application/json" },
    ...(content !== undefined && { body: JSON.stringify({ content }) }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { message: StoredMessage }).message;
}

describe("SUBSCRIBE with `after`", () => {
  test(`gives a plain @stomp/stompjs client an unbroken sequence with contents over ${reconnects} reconnects (G-8)`, async () => {
    const roomId = randomUUID();
    const sender = await openRetryingSender(() => cluster.gateways[0]!.url, alice);
    const over = new AbortController();
    let sent = 0;
    const sending = Array.from({ length: 10 }, async () => {
      while (!over.signal.aborted) await sender.send(roomId, `text ${++sent}`);
    });
    const seqs: number[] = [];
    const contents = new Map<number, string>();
    for (let life = 0; life < reconnects; life++) {
      const client = await connectStompjs(cluster.gateways[life % 2]!.url, alice);
      const inbox = await client.subscribe(roomId, seqs.at(-1) ?? 0);
      const atReceipt = confirmedOf(inbox).length;
      await inbox.until(() => confirmedOf(inbox).length > atReceipt + 5);
      await client.close();
      for (const { seq, content } of confirmedOf(inbox)) {
        seqs.push(seq);
        contents.set(seq, content);
      }
    }
    over.abort();
    await Promise.all(sending);
    sender.close();
    expect(seqs).toEqual(seqs.map((_, n) => n + 1));
    const stored = await readHistory(cluster.histories[0]!.url, roomId, alice);
    expect(stored.slice(0, seqs.length).map(({ content }) => content)).toEqual(seqs.map((seq) => contents.get(seq)));
  });

  test("gives edited messages as they are and deleted ones as tombstones, then changes live, on every instance", async () => {
    const roomId = randomUUID();
    const sender = await openRetryingSender(() => cluster.gateways[0]!.url, alice);
    for (const content of ["1", "2", "3"]) await sender.send(roomId, content);
    const [first, second, third] = await readHistory(cluster.histories[0]!.url, roomId, alice);
    await change("PATCH", first!, "1, edited");
    await change("DELETE", second!);
    const clients = await Promise.all(cluster.gateways.map(({ url }) => connectStompjs(url, alice)));
    const inboxes = await Promise.all(clients.map((client) => client.subscribe(roomId, 0)));
    for (const inbox of inboxes) {
      expect(inbox.all).toMatchObject([
        { seq: 1, content: "1, edited", changeSeq: 4 },
        { seq: 2, content: "", deleted: true, changeSeq: 5 },
        { seq: 3, content: "3", changeSeq: 3 },
      ]);
    }
    const edited = await change("PATCH", third!, "3, edited");
    const deleted = await change("DELETE", third!);
    for (const inbox of inboxes) {
      await inbox.until((all) => all.length >= 5);
      expect(inbox.all.slice(3)).toEqual([edited, deleted]);
    }
    sender.close();
    await Promise.all(clients.map((client) => client.close()));
  });

  test("leaves nobody without content who joins between preview and confirmation, with or without it", async () => {
    const roomId = randomUUID();
    const [early, late, resumed, writer] = await Promise.all(
      Array.from({ length: 4 }, () => connectStompjs(cluster.gateways[0]!.url, alice)),
    );
    await writer!.send({ roomId, content: "before", tempId: randomUUID() });
    const shown = await early!.subscribe(roomId);
    const history = cluster.histories[0]!;
    process.kill(history.pid, "SIGSTOP");
    const sending = writer!.send({ roomId, content: "between", tempId: randomUUID() });
    await shown.until((all) => all.length === 1);
    // The room is open on this instance: joining it needs nothing of chat-history, replaying does.
    const joined = await late!.subscribe(roomId);
    const resuming = resumed!.subscribe(roomId, 0);
    process.kill(history.pid, "SIGCONT");
    await sending;
    for (const inbox of [shown, joined, await resuming])
      await inbox.until((all) => confirmedOf(inbox).at(-1)?.content === "between" && all.length > 0);
    expect(shown.all).toMatchObject([{ seq: null, content: "between" }, { seq: 2 }]);
    expect(shown.all[1]).not.toHaveProperty("content");
    // Who joined between preview and confirmation gets the whole message, and only that.
    expect(joined.all).toMatchObject([{ seq: 2, content: "between" }]);
    expect(confirmedOf(await resuming).map(({ seq, content }) => [seq, content])).toEqual([
      [1, "before"],
      [2, "between"],
    ]);
    await Promise.all([early, late, resumed, writer].map((client) => client!.close()));
  });

  test("tells RESYNC with the position, and goes on live from there, where errors are listened to", async () => {
    const roomId = randomUUID();
    const client = await openRaw(cluster.gateways[0]!.url, alice);
    client.send("SUBSCRIBE", { id: "errors", destination: "/user/queue/errors" });
    client.send("SUBSCRIBE", { id: "room", destination: `/topic/${roomId}`, after: "7", receipt: "live" });
    await client.next("RECEIPT");
    expect(JSON.parse((await client.next("MESSAGE")).body)).toMatchObject({
      code: "RESYNC",
      subscription: "room",
      position: { seq: 0, changeSeq: 0 },
    });
    const sender = await openRetryingSender(() => cluster.gateways[1]!.url, alice);
    await sender.send(roomId, "live");
    await client.frames.until((all) => all.filter(({ command }) => command === "MESSAGE").length >= 3);
    sender.close();
    client.close();
  });
});
