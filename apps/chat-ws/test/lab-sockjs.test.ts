import { ConfigFault } from "@parley/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStomp } from "./stomp-client.ts";
import { startServer, type TestServer } from "./server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ CHAT_LAB: "1", EXEMPT_ADDRESSES: "loopback" });
});
afterAll(() => server.close());

let sessions = 0;
const nextSession = (mount: string) => `${server.url}/lab/${mount}/000/s${++sessions}`;

async function post(url: string, body = ""): Promise<string> {
  const response = await fetch(url, { method: "POST", body, headers: { "content-type": "text/plain" } });
  return response.text();
}

const connect = "CONNECT\naccept-version:1.2\nhost:x\nlogin:lab\npasscode:lab\n\n\0";

test("a STOMP session over polls: opened, spoken to, read (C-177)", async () => {
  const session = nextSession("sockjs");
  expect(await post(`${session}/xhr`)).toBe("o\n");
  await post(`${session}/xhr_send`, JSON.stringify([connect]));
  expect(await post(`${session}/xhr`)).toContain("CONNECTED");
});

test("a STOMP session over a WebSocket: o, messages as lists, and the code of ERROR in c (C-177)", async () => {
  const client = await openStomp(`${nextSession("sockjs")}/websocket`, "", { protocols: [] });
  expect(await client.next("o")).toBe("o");
  client.send(JSON.stringify([connect, "SUBSCRIBE\nid:1\ndestination:/topic/s\n\n\0"]));
  expect(await client.next("a")).toContain("CONNECTED");
  client.send(JSON.stringify(["SEND\ndestination:/topic/s\n\none\0SEND\ndestination:/topic/s\n\ntwo\0"]));
  const [one] = JSON.parse((await client.next("a")).slice(1)) as string[];
  const [two] = JSON.parse((await client.next("a")).slice(1)) as string[];
  expect(one).toContain("\n\none\0");
  expect(two).toContain("\n\ntwo\0");
  client.send(JSON.stringify(["NOPE\n\n\0"]));
  expect(await client.next("a")).toContain("ERROR");
  expect(await client.next("c")).toBe('c[1002,"PROTOCOL"]');
  expect((await client.closed).code).toBe(1000);
});

test.each(["{", '{"a":1}', "[1]", '["\\ud800"]'])("broken SockJS framing, %s, ends the session", async (text) => {
  const client = await openStomp(`${nextSession("sockjs")}/websocket`, "", { protocols: [] });
  client.send(text);
  expect(await client.next("c")).toBe('c[1002,"PROTOCOL"]');
});

test("the mounts that suites expect: a greeting, an echo, no WebSockets, a cookie, a close", async () => {
  expect(await (await fetch(`${server.url}/lab/echo`)).text()).toBe("Welcome to SockJS!\n");
  const echo = nextSession("echo");
  expect(await post(`${echo}/xhr`)).toBe("o\n");
  await post(`${echo}/xhr_send`, '["hello"]');
  expect(await post(`${echo}/xhr`)).toBe('a["hello"]\n');
  const info = await (await fetch(`${server.url}/lab/disabled_websocket_echo/info`)).json();
  expect(info).toMatchObject({ websocket: false });
  const cookie = await fetch(`${nextSession("cookie_needed_echo")}/xhr`, { method: "POST" });
  expect(cookie.headers.get("set-cookie")).toContain("JSESSIONID=");
  const closing = nextSession("close");
  expect(await post(`${closing}/xhr`)).toBe("o\n");
  expect(await post(`${closing}/xhr`)).toBe('c[3000,"Go away!"]\n');
});

test("the echo also over the library's WebSocket, for a page of any origin", async () => {
  const url = `${nextSession("echo")}/websocket`;
  const client = await openStomp(url, "", { protocols: [], origin: "https://elsewhere.example" });
  expect(await client.next("o")).toBe("o");
  client.send('["hello"]');
  expect(await client.next("a")).toBe('a["hello"]');
  client.socket.close();
});

test("a stream ends after 4,096 octets, so that the client opens the next", async () => {
  const session = nextSession("echo");
  const stream = post(`${session}/xhr_streaming`);
  await expect
    .poll(() => fetch(`${session}/xhr_send`, { method: "POST", body: '["x"]' }).then(({ status }) => status))
    .toBe(204);
  await post(`${session}/xhr_send`, JSON.stringify(["y".repeat(4_096)]));
  expect(await stream).toContain("y".repeat(4_096));
});

test("without CHAT_LAB there is no such door, and in production it is refused", async () => {
  const plain = await startServer();
  for (const path of ["/lab/echo", "/lab/sockjs/info", "/lab/ws"])
    expect((await fetch(plain.url + path)).status).toBe(404);
  const client = openStomp(`${plain.url}/lab/ws`);
  await expect(client).rejects.toThrow();
  await plain.close();
  await expect(startServer({ CHAT_LAB: "1", NODE_ENV: "production" })).rejects.toThrow(ConfigFault);
  await expect(startServer({ CHAT_LAB: "1", NODE_ENV: "production" })).rejects.toThrow(/CHAT_LAB/);
});
