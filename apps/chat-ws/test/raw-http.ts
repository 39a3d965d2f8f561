// Octets on a TCP connection, for requests and WebSocket frames that no library would send.
import { connect, type Socket } from "node:net";

export interface RawConnection {
  socket: Socket;
  write(data: string | Buffer): void;
  /** All that came, once the server has closed. */
  ended: Promise<Buffer>;
  /** The first octets, as text, once there are any. */
  head(): Promise<string>;
}

export function openRawConnection(port: number, localAddress = "127.0.0.1"): RawConnection {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  const chunks: Buffer[] = [];
  let onFirst = () => {};
  const first = new Promise<void>((resolve) => (onFirst = resolve));
  socket.on("error", () => {}); // Cut by the server.
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    onFirst();
  });
  const ended = new Promise<Buffer>((resolve) =>
    socket.once("close", () => {
      onFirst();
      resolve(Buffer.concat(chunks));
    }),
  );
  return {
    socket,
    write: (data) => void socket.write(data),
    ended,
    async head() {
      await first;
      return Buffer.concat(chunks).toString("latin1");
    },
  };
}

/** A request for a WebSocket. */
export function formatUpgrade(path: string, ...headers: string[]): string {
  return [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
    "",
    "",
  ].join("\r\n");
}

/** A client's frame with these first two octets (RFC 6455 §5.2), masked with zeros. */
export function formatFrame(first: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** The code of the close frame at the end of what a server sent. */
export function closeCodeOf(octets: Buffer): number | undefined {
  const at = octets.lastIndexOf(0x88);
  return at < 0 || at + 4 > octets.length ? undefined : octets.readUInt16BE(at + 2);
}
