import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { encodeWebSocketFrame } from "../src/websocket-frame.ts";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
afterAll(() => server.close());

/** What the library itself writes for a message, behind its handshake. */
async function writtenByLibrary(data: Buffer, binary: boolean): Promise<Buffer> {
  const connected = once(server, "connection");
  const socket: Socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [webSocket] = (await connected) as [WebSocket];
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  webSocket.send(data, { binary });
  webSocket.terminate();
  await once(socket, "close");
  const all = Buffer.concat(chunks);
  return all.subarray(all.indexOf("\r\n\r\n") + 4);
}

test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])("frames %i octets of text as the library does", async (bytes) => {
  const data = Buffer.alloc(bytes, "x");
  expect(Buffer.concat(encodeWebSocketFrame(data)).equals(await writtenByLibrary(data, false))).toBe(true);
});

test("frames what is no UTF-8 as a binary message, and text outside ASCII as text (C-171)", async () => {
  for (const [data, binary] of [
    [Buffer.from([0xff, 0x00]), true],
    [Buffer.from("안녕"), false],
  ] as const)
    expect(Buffer.concat(encodeWebSocketFrame(data))).toEqual(await writtenByLibrary(data, binary));
});
