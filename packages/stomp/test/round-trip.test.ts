import fc from "fast-check";
import { expect, test } from "vitest";
import { Decoder } from "../src/decode.ts";
import { encodeFrame } from "../src/encode.ts";
import { Fault } from "../src/fault.ts";
import { stompLimits } from "../src/limits.ts";
import type { Version } from "../src/version.ts";

const text = (excluded: string, minLength = 0) =>
  fc
    .string({ unit: "grapheme", minLength, maxLength: 20 })
    .filter((value) => !excluded.split("").some((bad) => value.includes(bad)));

/** Frames that the version can say: 1.2 all but NUL, 1.0 also no line feed, and no colon in a name. */
function frames(version: Version) {
  const value = text(version === "1.0" ? "\0\n" : "\0");
  const name = text(version === "1.0" ? "\0\n:" : "\0", 1).filter((chosen) => chosen !== "content-length");
  const headers = fc.uniqueArray(fc.tuple(name, value), { maxLength: 10, selector: ([unique]) => unique });
  const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  return fc.array(fc.record({ headers, body }), { minLength: 1, maxLength: 4 });
}

function cut(data: Buffer, places: number[]): Buffer[] {
  const stops = [0, ...places.map((place) => place % (data.length + 1)).toSorted((a, b) => a - b), data.length];
  return stops.slice(1).map((stop, index) => data.subarray(stops[index], stop));
}

test.each(["1.0", "1.1", "1.2"] as const)(
  "C-012 C-033 what is encoded for %s is decoded, however it is split",
  (version) => {
    fc.assert(
      fc.property(frames(version), fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
        const data = Buffer.concat(
          sent.flatMap(({ headers, body }) => [encodeFrame("SEND", headers, body, version), Buffer.from("\n")]),
        );
        const decoder = new Decoder(stompLimits);
        decoder.speak(version);
        const received: typeof sent = [];
        for (const chunk of cut(data, places)) {
          decoder.push(chunk);
          for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
            const headers = [...frame.headers].filter(([name]) => name !== "content-length");
            received.push({ headers, body: Buffer.from(frame.body) });
          }
        }
        expect(received).toEqual(sent);
        expect(decoder.unfinished).toBe(false);
      }),
    );
  },
);

test("any octets are decoded or refused, never a crash, and the same however they are split", () => {
  const pieces = fc.constantFrom(
    "SEND\n",
    "ACK\n",
    "a:b\n",
    "content-length:2\n",
    "\n",
    "\r\n",
    "\0",
    "xy",
    "\\",
    ":",
    "é",
  );
  const input = fc.array(pieces, { maxLength: 30 }).map((chosen) => Buffer.from(chosen.join("")));
  const outcome = (chunks: Buffer[]) => {
    const decoder = new Decoder(stompLimits);
    decoder.speak("1.2");
    const seen: string[] = [];
    try {
      for (const chunk of chunks) {
        decoder.push(chunk);
        for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
          seen.push(JSON.stringify([frame.command, [...frame.headers], frame.body.toString("hex")]));
        }
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      seen.push(error.code);
    }
    return seen;
  };
  fc.assert(
    fc.property(input, fc.array(fc.nat(), { maxLength: 12 }), (data, places) => {
      expect(outcome(cut(data, places))).toEqual(outcome([data]));
    }),
  );
});
