import fc from "fast-check";
import { expect, test } from "vitest";
import { LineReader, WebSocketReader } from "../src/generator/frames.ts";
import { formatMarker, MarkerFinder, readNumber, readPublisher } from "../src/generator/marker.ts";

/** A server's message: no mask. */
function encode(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const header = length < 126 ? [0x81, length] : length < 65_536 ? [0x81, 126, length >> 8, length & 255] : undefined;
  if (header) return Buffer.concat([Buffer.from(header), payload]);
  const long = Buffer.alloc(10);
  long[0] = 0x81;
  long[1] = 127;
  long.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([long, payload]);
}

const lengths = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536)), { maxLength: 6 });
const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 });

/** What a reader makes of octets that come in pieces of these sizes, in turn. */
function read(reader: LineReader | WebSocketReader, octets: Buffer, pieces: number[]): string[] {
  const frames: string[] = [];
  for (let at = 0, n = 0; at < octets.length; n++) {
    const end = at + pieces[n % pieces.length]!;
    reader.push(octets.subarray(at, end), (buffer, from, to) => frames.push(buffer.toString("latin1", from, to)));
    at = end;
  }
  return frames;
}

test("finds every WebSocket message, however the stream is split", () => {
  fc.assert(
    fc.property(lengths, sizes, (bytes, pieces) => {
      const texts = bytes.map((length, n) => String(n % 10).repeat(length));
      expect(read(new WebSocketReader(), Buffer.concat(texts.map(encode)), pieces)).toEqual(texts);
    }),
    { numRuns: 60 },
  );
});

test("finds every line, split at every octet", () => {
  expect(read(new LineReader(), Buffer.from("one\n\nthree\n"), [1])).toEqual(["one", "", "three"]);
});

test("finds markers wherever they are, and reads them back", () => {
  const finder = new MarkerFinder();
  for (const before of ["", "abc", "abc", "~abcdef", ""]) {
    const frame = Buffer.from(`${before}${formatMarker(42, 12_345)}!`);
    const at = finder.find(frame, 0, frame.length);
    expect([at, readPublisher(frame, at), readNumber(frame, at)]).toEqual([before.length, 42, 12_345]);
  }
  expect(finder.find(Buffer.from("nothing here"), 0, 12)).toBe(-1);
});
