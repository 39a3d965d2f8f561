import { expect, test } from "vitest";
import { formatSentAt } from "../../faults/crowd/messages.ts";
import { StreamReader } from "../../faults/crowd/stream.ts";

const none = Buffer.alloc(0);

/** RFC 6455 §5.2, not masked. */
function frameOf(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? [0x81, body.length] : [0x81, 126, Math.floor(body.length / 256), body.length % 256];
  return Buffer.concat([Buffer.from(head), body]);
}

const message = (body: Record<string, unknown>) =>
  frameOf(`MESSAGE\nsubscription:room\nmessage-id:1\n\n${JSON.stringify(body)}\0`);
const preview = message({ tempId: "t", seq: null, content: `${formatSentAt(12.5)} hello`, editedAt: null });
const short = message({ tempId: "t", seq: 7, editedAt: null });
const edited = message({ tempId: "u", seq: 3, content: "x", editedAt: "now", deleted: false });

test("a stream means the same however it is cut, and whether its octets are known already", () => {
  const octets = Buffer.concat([frameOf("CONNECTED\n\n\0"), frameOf("\n"), preview, short, edited]);
  const expected = [
    { kind: "connected" },
    { kind: "preview", sentMs: 12.5 },
    { kind: "confirmed", sentMs: 12.5, seq: 7, isChange: false },
    { kind: "confirmed", sentMs: undefined, seq: 3, isChange: true },
  ];
  const reader = new StreamReader();
  for (let cut = 0; cut <= octets.length; cut++) {
    const first = reader.read(none, octets.subarray(0, cut));
    const second = reader.read(first.rest, octets.subarray(cut));
    expect([...first.happenings, ...second.happenings]).toEqual(expected);
    expect(second.rest.length).toBe(0);
  }
});

test("what a reader is given may be overwritten afterwards", () => {
  const reader = new StreamReader();
  const shared = Buffer.from(short.subarray(0, 20));
  const { rest } = reader.read(none, shared);
  shared.fill(0);
  expect(reader.read(rest, short.subarray(20)).happenings).toMatchObject([{ kind: "confirmed", seq: 7 }]);
});

test("ERROR and the end of the connection are told apart from RESYNC", () => {
  const reader = new StreamReader();
  expect(reader.read(none, frameOf("ERROR\ncode:RESYNC\nseq:5\n\n\0")).happenings).toEqual([{ kind: "resync" }]);
  expect(reader.read(none, frameOf("ERROR\ncode:RESTART\n\n\0")).happenings).toEqual([{ kind: "ended" }]);
  expect(reader.read(none, Buffer.from([0x88, 2, 3, 0xe8])).happenings).toEqual([{ kind: "ended" }]);
});
