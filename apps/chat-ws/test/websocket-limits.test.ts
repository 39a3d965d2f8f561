import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeCodeOf, formatFrame, formatUpgrade, openRawConnection } from "./raw-http.ts";
import { startServer, type TestServer } from "./server.ts";
import { openStomp } from "./stomp-client.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    EXEMPT_ADDRESSES: "loopback",
    CHAT_LAB: "1",
    ALLOWED_ORIGINS: "https://allowed.example",
  });
});
afterAll(() => server.close());

/** After whatever was tried the server still serves. */
async function expectAlive() {
  const client = await openStomp(`${server.url}/lab/ws`);
  client.socket.close();
  expect((await client.closed).code).toBe(1005);
}

/** The first line and the code of the body. */
async function answerTo(request: string): Promise<[status: string, code: string | undefined]> {
  const raw = openRawConnection(server.port);
  raw.write(request);
  const answer = (await raw.ended).toString("latin1");
  return [answer.slice(9, 12), /"code":"(\w+)"/.exec(answer)?.[1]];
}

/** A WebSocket whose frames are written by hand. */
async function openRawWebSocket(path = "/ws") {
  const raw = openRawConnection(server.port);
  raw.write(formatUpgrade(path));
  expect(await raw.head()).toContain(" 101 ");
  return raw;
}

describe("the request for a WebSocket", () => {
  test.each(["/nope", "/ws/../admin", "/ws%00", "//ws", "/ws/", "/ws-sockjs/a/b/c/websocket"])(
    "is not found at %s (B-01)",
    async (path) => expect(await answerTo(formatUpgrade(path))).toEqual(["404", "NOT_FOUND"]),
  );

  const evil = [
    ["Origin: https://evil.example"],
    ["Origin: null"],
    ["Origin: https://allowed.example.evil.com"],
    ["Origin: https://allowed.example", "Origin: https://evil.example"],
  ];
  test.each(evil)("is refused to pages of other sites: %s (B-02, C-176)", async (...origins) => {
    for (const path of ["/ws", "/ws-sockjs/websocket", "/ws-sockjs/000/abc/websocket", "/lab/ws"])
      expect(await answerTo(formatUpgrade(path, ...origins))).toEqual(["403", "FORBIDDEN"]);
    for (const transport of [
      "info",
      "000/abc/xhr",
      "000/abc/xhr_streaming",
      "000/abc/xhr_send",
      "000/abc/eventsource",
    ]) {
      const headers = ["Host: 127.0.0.1", "Connection: close", "Content-Length: 0", ...origins];
      const method = transport === "info" || transport.endsWith("eventsource") ? "GET" : "POST";
      const request = `${method} /ws-sockjs/${transport} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`;
      expect(await answerTo(request)).toEqual(["403", "FORBIDDEN"]);
    }
  });

  test.each([[], ["Origin: https://allowed.example"], ["Origin: http://127.0.0.1"]])(
    "is granted to native clients and to allowed origins: %s (B-03)",
    async (...origins) => {
      const raw = openRawConnection(server.port);
      raw.write(formatUpgrade("/ws", ...origins));
      expect(await raw.head()).toContain(" 101 ");
      raw.socket.destroy();
    },
  );

  test.each([
    ["2,000 headers", Array.from({ length: 2_000 }, (_, n) => `a${n % 10}: b`)],
    ["a header of 64 KiB", [`a: ${"b".repeat(65_536)}`]],
    ["100 subprotocols of 4 KiB", Array.from({ length: 100 }, () => `Sec-WebSocket-Protocol: ${"p".repeat(4_096)}`)],
  ])("with %s is refused (B-05)", async (_what, headers) => {
    expect((await answerTo(formatUpgrade("/ws", ...headers)))[0]).toMatch(/^4(00|31)$/);
    expect((await answerTo(`GET /server HTTP/1.1\r\nHost: x\r\n${headers.join("\r\n")}\r\n\r\n`))[0]).toMatch(
      /^4(00|31)$/,
    );
    await expectAlive();
  });

  test("offers compression in vain; a compressed message is a fault (B-11)", async () => {
    const raw = openRawConnection(server.port);
    raw.write(formatUpgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate"));
    expect(await raw.head()).not.toMatch(/sec-websocket-extensions/i);
    raw.write(formatFrame(0xc1, Buffer.from("bomb")));
    expect(closeCodeOf(await raw.ended)).toBe(1002);
  });
});

describe.each(["/ws", "/ws-sockjs/000/abc/websocket"])("a WebSocket at %s", (path) => {
  test.each([
    ["an unmasked frame", Buffer.from([0x81, 1, 65])],
    ["a reserved bit", formatFrame(0x91, Buffer.from("x"))],
    ["opcode 3", formatFrame(0x83, Buffer.from("x"))],
    ["a fragmented ping", formatFrame(0x09, Buffer.from("x"))],
    ["a ping of 126 octets", Buffer.concat([Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0]), Buffer.alloc(126)])],
  ])("closes with 1002 after %s (B-06)", async (_what, octets) => {
    const raw = await openRawWebSocket(path);
    raw.write(octets);
    expect(closeCodeOf(await raw.ended)).toBe(1002);
    await expectAlive();
  });

  test.each([
    ["2^63 octets", Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0])],
    ["1 GiB", Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0])],
  ])("closes with 1009 at a header that announces %s (B-08)", async (_what, header) => {
    const raw = await openRawWebSocket(path);
    raw.write(header);
    expect(closeCodeOf(await raw.ended)).toBe(1009);
  });

  test.each([
    ["100,000 fragments of one octet", Buffer.from("x")],
    ["endless empty fragments", Buffer.alloc(0)],
  ])("is closed after %s (B-09)", async (_what, payload) => {
    const raw = await openRawWebSocket(path);
    raw.write(formatFrame(0x01, payload));
    raw.write(Buffer.concat(Array.from({ length: 100_000 }, () => formatFrame(0x00, payload))));
    expect([1008, 1009]).toContain(closeCodeOf(await raw.ended));
    await expectAlive();
  });

  test("is closed after too many pings (B-12)", async () => {
    const raw = await openRawWebSocket(path);
    raw.write(Buffer.concat(Array.from({ length: 10_000 }, () => formatFrame(0x89, Buffer.from("x")))));
    const answer = await raw.ended;
    expect(answer.toString("latin1")).toContain("RATE_LIMITED");
    expect(answer.filter((octet) => octet === 0x8a).length).toBeLessThan(1_000);
    await expectAlive();
  });
});

describe("a message that is never finished", () => {
  const text = Buffer.from("x");
  const ping = formatFrame(0x89, text);
  test.each([
    ["a frame of 100 octets, one at a time", formatFrame(0x81, Buffer.alloc(100)).subarray(0, 7), text],
    ["fragments without an end", formatFrame(0x01, text), formatFrame(0x00, text)],
    ["fragments and pings", formatFrame(0x01, text), Buffer.concat([ping, formatFrame(0x00, text), ping])],
  ])("ends the connection with TIMEOUT after FRAME_MS: %s (F-42)", async (_what, first, more) => {
    const hurried = await startServer({ EXEMPT_ADDRESSES: "loopback", FRAME_MS: "1000", CONNECT_MS: "60000" });
    const raw = openRawConnection(hurried.port);
    raw.write(formatUpgrade("/ws"));
    expect(await raw.head()).toContain(" 101 ");
    raw.write(first);
    const trickle = setInterval(() => raw.write(more), 200);
    const answer = await raw.ended;
    clearInterval(trickle);
    expect(answer.toString("latin1")).toContain("code:TIMEOUT");
    await hurried.close();
  });

  test("is none for who sends message after message, or only pings", async () => {
    const hurried = await startServer({ EXEMPT_ADDRESSES: "loopback", FRAME_MS: "500", CONNECT_MS: "60000" });
    const raw = openRawConnection(hurried.port);
    raw.write(formatUpgrade("/ws"));
    expect(await raw.head()).toContain(" 101 ");
    const beat = formatFrame(0x82, Buffer.from("\n"));
    raw.write(beat.subarray(0, 3));
    let pongs = 0;
    raw.socket.on("data", () => pongs++);
    for (const untilMs = performance.now() + 3 * 500; performance.now() < untilMs;) {
      // The end of one message and the beginning of the next, each time; the next one once the server has answered.
      const before = pongs;
      raw.write(Buffer.concat([beat.subarray(3), ping, beat.subarray(0, 3)]));
      await expect.poll(() => pongs, { interval: 100 }).toBeGreaterThan(before);
    }
    raw.socket.destroy();
    await hurried.close();
  });
});
