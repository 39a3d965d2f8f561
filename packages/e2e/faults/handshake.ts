// The way into a WebSocket over a bare socket: literal octets, for connections that no library would make.

export function formatUpgrade(path = "/ws"): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v12.stomp\r\n\r\n"
  );
}

export interface HttpAnswer {
  status: number;
  retryAfterS: number | undefined;
  /** What came behind its headers. */
  rest: Buffer;
}

/** Undefined while its headers are not complete. */
export function readAnswer(octets: Buffer): HttpAnswer | undefined {
  const end = octets.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = octets.toString("latin1", 0, end);
  const retryAfter = /^retry-after: *(\d+)/im.exec(head)?.[1];
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
    rest: octets.subarray(end + 4),
  };
}

/** RFC 6455 §5.2: the head of a masked text frame, its mask of zeros, for up to 65,535 octets. */
export function maskedHead(bytes: number, { opcode = 1, fin = true } = {}): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  const head = bytes < 126 ? [first, 0x80 | bytes] : [first, 0xfe, bytes >> 8, bytes & 0xff];
  return Buffer.from([...head, 0, 0, 0, 0]);
}

/** A whole text message. */
export function maskedMessage(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([maskedHead(body.length), body]);
}
