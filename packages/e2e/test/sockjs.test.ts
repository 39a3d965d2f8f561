// SockJS: what sockjs-client speaks, over each of its transports, to the same engine with the same limits (C-176, C-177).
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import SockJS from "sockjs-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readHistory, signUp, type Person } from "../src/accounts.ts";
import { confirmedOf } from "../src/inbox.ts";
import { startLocalServer, type LocalServer } from "../src/local-server.ts";
import { openPolling } from "../src/sockjs-polling.ts";
import { connectStompjs } from "../src/stompjs-client.ts";

let server: LocalServer;
let alice: Person;
let bob: Person;
const env = { OUTBOX_BYTES_MAX: `${128 * 1024}` };

beforeAll(async () => {
  server = await startLocalServer();
  await server.kill();
  await server.restart(env);
  [alice, bob] = await Promise.all([signUp(`${server.url}/auth`, "Alice"), signUp(`${server.url}/auth`, "Bob")]);
});
afterAll(() => server.close());

const door = () => `${server.url}/ws-sockjs`;
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(door() + path, { method: "POST", body, headers: { "content-type": "text/plain", ...headers } });

const connectFrame = () => `CONNECT\naccept-version:1.2\nhost:x\nAuthorization:Bearer ${alice.token}\n\n\0`;
const happened = (socket: WebSocketLike, event: string) =>
  new Promise<Event>((resolve) => socket.addEventListener(event, resolve));
type WebSocketLike = InstanceType<typeof SockJS>;

describe.each(["websocket", "xhr-streaming", "xhr-polling"])("over %s", (transport) => {
  test("makes the round trip, in order, with everybody else", async () => {
    const roomId = randomUUID();
    const overSockjs = await connectStompjs(
      server.url,
      alice,
      () => new SockJS(door(), undefined, { transports: transport }),
    );
    const overWebSocket = await connectStompjs(server.url, bob);
    const inboxes = await Promise.all([overSockjs, overWebSocket].map((client) => client.subscribe(roomId)));
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => [
        overSockjs.send({ roomId, content: `sockjs ${n}` }),
        overWebSocket.send({ roomId, content: `한국어 ${n}` }),
      ]).flat(),
    );
    await Promise.all(inboxes.map((inbox) => inbox.until(() => confirmedOf(inbox).length === 40)));
    const stored = (await readHistory(server.url, roomId, bob)).map(({ seq, id, content }) => ({ seq, id, content }));
    expect(inboxes.map(confirmedOf)).toEqual([stored, stored]);
    await Promise.all([overSockjs.close(), overWebSocket.close()]);
  });
});

test("a frame may come in pieces, and several in one message (C-173)", async () => {
  const client = await openPolling(door());
  const frame = connectFrame();
  const subscribe = "SUBSCRIBE\nid:1\nreceipt:r1\ndestination:/user/queue/errors\n\n\0";
  await client.send(frame.slice(0, 30), frame.slice(30) + subscribe.slice(0, 5), subscribe.slice(5));
  expect(await client.until("RECEIPT")).toMatch(/receipt-id:r1/);
});

test("ERROR is followed by the close frame with code and reason", async () => {
  const client = await openPolling(door());
  await client.send("SEND\ndestination:/app/chat\n\n\0");
  expect(await client.until("ERROR")).toMatch(/code:PROTOCOL/);
  expect(await client.closed).toEqual([1002, "PROTOCOL"]);
});

test.each([[42], [null], [{ a: 1 }], ["\ud800"]])("what is no text ends the connection: %j", async (message) => {
  const client = await openPolling(door());
  await client.send(message);
  expect(await client.closed).toEqual([1002, "PROTOCOL"]);
});

test("a polling client that does not poll is cut at the outbox bound, and others do not notice", async () => {
  const roomId = randomUUID();
  const sleeper = await openPolling(door());
  await sleeper.send(connectFrame(), `SUBSCRIBE\nid:1\nreceipt:r1\ndestination:/topic/${roomId}\n\n\0`);
  await sleeper.until("RECEIPT");
  const release = sleeper.sleep();
  const writer = await connectStompjs(server.url, bob);
  const content = "x".repeat(4_000);
  await Promise.all(Array.from({ length: 40 }, () => writer.send({ roomId, content })));
  release();
  expect(await sleeper.until("ERROR")).toMatch(/code:SLOW_CONSUMER/);
  expect(await sleeper.closed).toEqual([1013, "SLOW_CONSUMER"]);
  await writer.close();
});

test("bad requests are answered by status, and sessions stay intact (B-15)", async () => {
  const client = await openPolling(door());
  const path = new URL(client.url).pathname.replace("/ws-sockjs", "");
  const status = async (response: Promise<Response>) => (await response).status;
  expect(await status(post(`${path}/xhr_send`, `["${"x".repeat(1_048_576)}"]`))).toBe(413);
  const broken = await post(`${path}/xhr_send`, '["x"');
  expect([broken.status, await broken.text()]).toEqual([500, "Broken JSON encoding."]);
  expect(await status(post(`${path}/xhr_send`, "[".repeat(100_000)))).toBe(500);
  expect(await status(post(`/000/${randomUUID()}/xhr_send`, '["x"]'))).toBe(404);
  for (const other of [
    "/000/abc/unknown",
    "/000/__proto__/xhr",
    "/iframe.html",
    "/000/abc/htmlfile?c=a",
    "/../ws",
    "/nope",
  ])
    expect([other, await status(post(other, ""))]).toEqual([other, 404]);
  const callback = await fetch(`${door()}/000/abc/jsonp?c=%3Cscript%3E`);
  expect(callback.status).toBe(500);
  expect(await callback.text()).not.toContain("<script>");
  await client.send(connectFrame());
  expect(await client.until("CONNECTED")).toMatch(/version:1.2/);
});

test("a body that does not say how long it is, is read no further than the bound", async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {}); // Cut while it still writes.
  socket.write("POST /ws-sockjs/000/abc/xhr_send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
  for (let n = 0; n < 10; n++) socket.write(chunk);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
  socket.destroy();
});

test.each(["https://evil.example", "null"])("another site's page gets nowhere: Origin %s (B-02)", async (origin) => {
  const session = `/000/${randomUUID()}`;
  const answers = [
    await fetch(`${door()}/info`, { headers: { origin } }),
    await fetch(`${door()}${session}/eventsource`, { headers: { origin } }),
    ...(await Promise.all(
      ["xhr", "xhr_streaming", "xhr_send"].map((name) => post(`${session}/${name}`, "[]", { origin })),
    )),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  }
  for (const path of [`${session}/websocket`, "/websocket"]) {
    const socket = new WebSocket(door().replace("http", "ws") + path, { origin });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toMatch(/403/);
  }
});

test("a WebSocket without SockJS is served beside it, as other SockJS servers do", async () => {
  const url = `${door().replace("http", "ws")}/websocket`;
  const client = await connectStompjs(server.url, alice, () => new WebSocket(url, ["v12.stomp"]));
  await client.send({ roomId: randomUUID(), content: "plain" });
  await client.close();
  const nowhere = new WebSocket(`${door().replace("http", "ws")}/000/a%00b/websocket`);
  const [error] = (await once(nowhere, "error")) as [Error];
  expect(error.message).toMatch(/404/);
});

test("clients of a stopping server are told to come back", async () => {
  const sockets = ["websocket", "xhr-streaming", "xhr-polling"].map(
    (transports) => new SockJS(door(), undefined, { transports }),
  );
  await Promise.all(
    sockets.map(async (socket) => {
      await happened(socket, "open");
      socket.send(connectFrame());
      await happened(socket, "message");
    }),
  );
  const ends = sockets.map((socket) => happened(socket, "close"));
  await server.stop();
  expect((await Promise.all(ends)).map((end) => (end as CloseEvent).code)).toEqual([1012, 1012, 1012]);
  await server.restart(env);
});
