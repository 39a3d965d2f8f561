import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createLog } from "@parley/service";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Wire } from "../src/connection.ts";
import { createSockjsWire } from "../src/sockjs-wire.ts";
import { createSockjsDoor } from "../src/sockjs.ts";

const wires: Wire[] = [];
const sockets: Socket[] = [];
const door = createSockjsDoor({
  prefix: "/ws-sockjs",
  log: createLog("test", "silent"),
  addressOf: ({ socket }) => socket.remoteAddress ?? "",
  onConnection(connection, responses) {
    const wire = createSockjsWire(connection, responses);
    wire.listen({ received() {}, refused() {}, written() {}, isCongested: () => false, closed() {} });
    wires.push(wire);
  },
});
const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
  if (!door.serve(incoming, response, () => () => {})) response.writeHead(404).end();
});
let port: number;

beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const wire of wires.splice(0)) wire.close(1000, "");
});
afterAll(() => server.close());

let sessions = 0;
const nextPath = () => `/ws-sockjs/000/session-${++sessions}`;

/** A POST on a connection of its own; the answer's status. */
async function post(path: string, body = "", localAddress = "127.0.0.1"): Promise<number | undefined> {
  const headers = { "content-type": "text/plain", connection: "close" };
  const sent = request({ host: "127.0.0.1", port, path, method: "POST", headers, localAddress }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

/** A POST whose answer is not read. */
async function postUnread(path: string): Promise<Socket> {
  const arrived = once(server, "request");
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {}); // Cut by the server.
  sockets.push(socket);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`);
  await arrived;
  return socket;
}

test.each(["xhr", "xhr_streaming", "eventsource", "xhr_send", "jsonp_send"])(
  "a body without a length, on %s, is cut at the bound, and the server stays",
  async (transport) => {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => {}); // Cut while it still writes.
    const ended = new Promise((resolve) => socket.once("close", resolve));
    const method = transport === "eventsource" ? "GET" : "POST";
    socket
      .resume()
      .write(`${method} ${nextPath()}/${transport} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (let n = 0; n < 10; n++) socket.write(`10000\r\n${"x".repeat(65_536)}\r\n`);
    await ended;
    expect(await post(`${nextPath()}/xhr`)).toBe(200);
  },
);

test.each(["constructor", "toString", "__proto__"])("the session id %s is not found, and does not hang", async (id) => {
  expect(await post(`/ws-sockjs/000/${id}/xhr`)).toBe(404);
  expect(await post(`/ws-sockjs/000/${id}/xhr_send`, '["x"]')).toBe(404);
});

test("a session is not found from another address, neither to send nor to read (B-15)", async () => {
  const path = nextPath();
  expect(await post(`${path}/xhr`)).toBe(200);
  expect(await post(`${path}/xhr_send`, '["x"]', "127.0.0.2")).toBe(404);
  expect(await post(`${path}/xhr`, "", "127.0.0.2")).toBe(404);
  expect(await post(`${path}/xhr_send`, '["x"]')).toBe(204);
});

test("answers to polls that nobody reads count as waiting, until they are given up", async () => {
  const path = nextPath();
  await post(`${path}/xhr`);
  const [wire] = wires;
  // More than the sockets between the two hold
  const data = Buffer.alloc(16 * 1024 * 1024, "x");
  wire!.send(data);
  expect(wire!.waitingBytes).toBe(data.length);
  const first = await postUnread(`${path}/xhr`);
  const afterOne = wire!.waitingBytes;
  expect(afterOne).toBeGreaterThan(0);
  wire!.send(data);
  await postUnread(`${path}/xhr`);
  expect(wire!.waitingBytes).toBeGreaterThan(afterOne);
  wire!.terminate();
  await once(first.resume(), "close");
  await expect.poll(() => wire!.waitingBytes).toBe(0);
});
