// A stream's octets to frames without copying: WebSocket messages of a server (RFC 6455 §5.2), or lines. It must not
// know what is in them.

/** Called with the buffer and where a frame begins and ends in it. */
export type OnFrame = (buffer: Buffer, start: number, end: number) => void;

interface FrameReader {
  push(chunk: Buffer, onFrame: OnFrame): void;
}

const none = Buffer.alloc(0);

abstract class Reader implements FrameReader {
  #rest: Buffer = none;

  push(chunk: Buffer, onFrame: OnFrame): void {
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let next = this.take(buffer, at, onFrame); next > at; next = this.take(buffer, at, onFrame)) at = next;
    this.#rest = at === buffer.length ? none : buffer.subarray(at);
  }

  /** Takes one frame; answers where the next begins, or `at` if this one is not whole. */
  protected abstract take(buffer: Buffer, at: number, onFrame: OnFrame): number;
}

export class LineReader extends Reader {
  protected take(buffer: Buffer, at: number, onFrame: OnFrame): number {
    const end = buffer.indexOf(10, at);
    if (end < 0) return at;
    onFrame(buffer, at, end);
    return end + 1;
  }
}

/** Whole messages only, as our servers and the peers send them. */
export class WebSocketReader extends Reader {
  protected take(buffer: Buffer, at: number, onFrame: OnFrame): number {
    if (at + 2 > buffer.length) return at;
    const length = buffer[at + 1]!;
    let start = at + 2;
    let bytes = length;
    if (length === 126) {
      if (at + 4 > buffer.length) return at;
      bytes = buffer.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (at + 10 > buffer.length) return at;
      bytes = Number(buffer.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    if (start + bytes > buffer.length) return at;
    if ((buffer[at]! & 15) <= 2) onFrame(buffer, start, start + bytes);
    return start + bytes;
  }
}

/** Any will do: what counts is that the server has to undo it, as with browsers. */
const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A client's text message. */
export function encodeClientMessage(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const start = bytes < 126 ? 6 : bytes < 65_536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(start + bytes);
  frame[0] = 0x81;
  if (start === 6) frame[1] = 0x80 | bytes;
  else if (start === 8) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  mask.copy(frame, start - 4);
  frame.write(text, start);
  for (let at = 0; at < bytes; at++) frame[start + at]! ^= mask[at & 3]!;
  return frame;
}
