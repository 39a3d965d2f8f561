import { describe, expect, test } from "vitest";
import { Decoder } from "../src/decode.ts";
import { Fault } from "../src/fault.ts";
import type { Frame } from "../src/frame.ts";
import { stompLimits, type Limits } from "../src/limits.ts";
import type { Version } from "../src/version.ts";
import { octets } from "./client.ts";

interface Options {
  version?: Version | undefined;
  limits?: Partial<Limits>;
}

/** Frames as `[command, headers, body]`; a fault as its code, last. */
function decode(chunks: Buffer[], { version, limits }: Options): unknown[] {
  const decoder = new Decoder({ ...stompLimits, ...limits });
  if (version !== undefined) decoder.speak(version);
  const frames: unknown[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) frames.push(plain(frame));
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    frames.push(error.code);
  }
  return frames;
}

function plain({ command, headers, body }: Frame) {
  return [command, Object.fromEntries(headers), body.toString()];
}

/** Whole, in single octets, and cut in two at every place. */
function decodeAnyhow(input: string | Buffer, options: Options): unknown[] {
  const data = typeof input === "string" ? octets(input) : input;
  const whole = decode([data], options);
  expect(
    decode(
      [...data].map((octet) => Buffer.of(octet)),
      options,
    ),
  ).toEqual(whole);
  for (let at = 1; at < Math.min(data.length, 400); at++) {
    expect(decode([data.subarray(0, at), data.subarray(at)], options)).toEqual(whole);
  }
  return whole;
}

const send = (headers: Record<string, string>, body = "") => ["SEND", headers, body];

describe("1.2", () => {
  test.each([
    ["C-001 a frame", "SEND\na:b\n\nbody^", [send({ a: "b" }, "body")]],
    ["C-003 CR LF in every line", "SEND\r\na:b\r\n\r\nbody\r\n^", [send({ a: "b" }, "body\r\n")]],
    ["C-004 EOLs around frames", "\n\r\n\nSEND\n\n^\n\r\n\nSEND\n\n^\n", [send({}), send({})]],
    ["C-005 case of header names", "SEND\nA:1\na:2\n\n^", [send({ A: "1", a: "2" })]],
    ["C-006 UTF-8", "SEND\nnäme:wört🙂\n\n한^", [send({ näme: "wört🙂" }, "한")]],
    ["C-007 to C-010 escapes, once", "SEND\n\\ca\\n:\\r\\n\\c\\\\n\n\n^", [send({ ":a\n": "\r\n:\\n" })]],
    ["C-014 blanks", "SEND\n a : b \n\n^", [send({ " a ": " b " })]],
    ["C-015 an empty value", "SEND\na:\n\n^", [send({ a: "" })]],
    ["C-016 colons in a value", "SEND\na:b:c:\n\n^", [send({ a: "b:c:" })]],
    ["C-019 NULs in a counted body", "SEND\ncontent-length:3\n\n^a^^", [send({ "content-length": "3" }, "\0a\0")]],
    ["C-021 content-length 0 without body", "BEGIN\ncontent-length:0\n\n^", [["BEGIN", { "content-length": "0" }, ""]]],
    ["C-022 octets, not characters", "SEND\ncontent-length:3\n\n한^", [send({ "content-length": "3" }, "한")]],
    ["C-023 the first NUL", "SEND\n\na^SEND\n\nb^", [send({}, "a"), send({}, "b")]],
    ["C-029 the first of repeated headers", "SEND\na:1\na:2\n\n^", [send({ a: "1" })]],
    ["C-076 an empty body", "SEND\n\n^", [send({})]],
  ])("decodes %s", (_, input, frames) => {
    expect(decodeAnyhow(input, { version: "1.2" })).toEqual(frames);
  });

  test.each([
    ["C-005 B-19 a lower-case command", "send\n\n^"],
    ["C-060 B-19 an unknown command", "SHOUT\n\n^"],
    ["B-19 a command of the server", "MESSAGE\n\n^"],
    ["C-011 B-21 \\t", "SEND\na:\\t\n\n^"],
    ["C-011 B-21 \\0", "SEND\na:\\0\n\n^"],
    ["C-011 B-21 \\u0041", "SEND\na:\\u0041\n\n^"],
    ["C-011 B-21 a backslash at the end", "SEND\na:\\\n\n^"],
    ["C-011 an escape in a name", "SEND\n\\t:a\n\n^"],
    ["C-017 a header without colon", "SEND\nabc\n\n^"],
    ["C-017 a header without name", "SEND\n:a\n\n^"],
    ["C-018 B-34 a body on SUBSCRIBE", "SUBSCRIBE\nid:1\n\nx^"],
    ["C-018 B-34 a counted body on BEGIN", "BEGIN\ncontent-length:1\n\nx^"],
    ["C-018 B-34 a body on DISCONNECT", "DISCONNECT\n\nx^"],
    ["C-020 no NUL behind the counted body", "SEND\ncontent-length:1\n\nab^"],
    ["a signed content-length", "SEND\ncontent-length:+1\n\na^"],
    ["an empty content-length", "SEND\ncontent-length:\n\na^"],
    ["a NUL among the headers", "SEND\na:b^"],
    ["a NUL between frames", "SEND\n\n^^"],
  ])("refuses %s", (_, input) => {
    expect(decodeAnyhow(input, { version: "1.2" }).at(-1)).toBe("PROTOCOL");
  });

  test("refuses a header that is not UTF-8", () => {
    const input = Buffer.concat([octets("SEND\na:"), Buffer.of(0xc3, 0x28), octets("\n\n^")]);
    expect(decodeAnyhow(input, { version: "1.2" })).toEqual(["PROTOCOL"]);
  });

  test("C-026 leaves the octets of a body as they are", () => {
    const decoder = new Decoder(stompLimits);
    decoder.push(Buffer.concat([octets("SEND\n\n"), Buffer.of(0xff, 0xfe, 13, 10, 0)]));
    expect(decoder.next()?.body).toEqual(Buffer.of(0xff, 0xfe, 13, 10));
  });
});

describe("earlier versions", () => {
  test("C-160 1.1 knows no \\r, and CR is a part of what it stands in", () => {
    expect(decodeAnyhow("SEND\na:\\n\\c\\\\\n\n^", { version: "1.1" })).toEqual([send({ a: "\n:\\" })]);
    expect(decodeAnyhow("SEND\na:\\r\n\n^", { version: "1.1" })).toEqual(["PROTOCOL"]);
    expect(decodeAnyhow("SEND\na:b\r\n\n^", { version: "1.1" })).toEqual([send({ a: "b\r" })]);
    expect(decodeAnyhow("SEND\r\na:b\n\n^", { version: "1.1" })).toEqual(["PROTOCOL"]);
  });

  test("C-161 C-165 1.0 knows no escapes and trims nothing", () => {
    expect(decodeAnyhow("SEND\na: \\t\\n \n\n^", { version: "1.0" })).toEqual([send({ a: " \\t\\n " })]);
  });

  test("C-003 C-013 before the version is known, either EOL will do and nothing is unescaped", () => {
    const frame = ["CONNECT", { passcode: "a\\tb" }, ""];
    expect(decodeAnyhow("CONNECT\r\npasscode:a\\tb\r\n\r\n^", {})).toEqual([frame]);
    expect(decodeAnyhow("CONNECT\npasscode:a\\tb\n\n^", {})).toEqual([frame]);
  });
});

describe("limits", () => {
  const limits = { frameBytesMax: 200, headersMax: 3, headerLineBytesMax: 40, connectBytesMax: 60 };
  const options: Options = { version: "1.2", limits };

  test("C-030 B-23 counts every header line, repetitions too", () => {
    expect(decodeAnyhow("SEND\na:\na:\na:\n\n^", options)).toEqual([send({ a: "" })]);
    expect(decodeAnyhow("SEND\na:\na:\na:\na:\n\n^", options)).toEqual(["TOO_LARGE"]);
  });

  test("C-031 B-24 measures a header line without its EOL, and does not wait for the end of one too long", () => {
    const line = `a:${"x".repeat(38)}`;
    expect(decodeAnyhow(`SEND\n${line}\r\n\n^`, options)).toEqual([send({ a: "x".repeat(38) })]);
    expect(decodeAnyhow(`SEND\n${line}x\n\n^`, options)).toEqual(["TOO_LARGE"]);
    expect(decodeAnyhow(`SEND\n${line}xx`, options)).toEqual(["TOO_LARGE"]);
  });

  test("C-032 B-27 judges content-length before any of the body is here", () => {
    expect(decodeAnyhow("SEND\ncontent-length:200\n\n", options)).toEqual(["TOO_LARGE"]);
    expect(decodeAnyhow(`SEND\ncontent-length:${"9".repeat(20)}\n\n`, options)).toEqual(["TOO_LARGE"]);
  });

  test("takes a frame of exactly the greatest size, and none greater", () => {
    const frame = (size: number) => `SEND\n\n${"x".repeat(size - 7)}^`;
    expect(decodeAnyhow(frame(200), options)).toHaveLength(1);
    expect(decodeAnyhow(frame(201), options)).toEqual(["TOO_LARGE"]);
    expect(decodeAnyhow(frame(201).slice(0, -1), options)).toEqual(["TOO_LARGE"]);
  });

  test("C-061 gives all octets up to the end of CONNECT one budget, and what follows another", () => {
    const connect = (bytes: number) => `CONNECT\na:${"x".repeat(bytes - 13)}\n\n^`;
    const wide = { limits: { ...limits, headerLineBytesMax: 100 } };
    expect(decodeAnyhow(connect(60), wide)).toHaveLength(1);
    expect(decodeAnyhow(connect(61), wide)).toEqual(["TOO_LARGE"]);
    expect(decodeAnyhow(`\n${connect(60)}`, wide)).toEqual(["TOO_LARGE"]);
    const decoder = new Decoder({ ...stompLimits, ...limits });
    decoder.push(octets(`CONNECT\n\n^SEND\n\n${"x".repeat(100)}^`));
    expect(decoder.next()?.command).toBe("CONNECT");
    decoder.speak("1.2");
    expect(decoder.next()?.command).toBe("SEND");
  });

  test("B-16 passes over NULs before CONNECT until the budget is spent", () => {
    expect(decodeAnyhow("^^^CONNECT\n\n^", { limits })).toEqual([["CONNECT", {}, ""]]);
    expect(decode([Buffer.alloc(65_536)], {})).toEqual(["PROTOCOL"]);
  });
});

describe("what is not STOMP", () => {
  test.each(["hello", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", '{"type":"connection_init"}', "CONNECTS", "hi\nthere"])(
    "B-16 refuses %j without waiting for more",
    (input) => {
      expect(decodeAnyhow(input, {})).toEqual(["PROTOCOL"]);
    },
  );

  test("waits for what may still become a command", () => {
    expect(decodeAnyhow("UNSUBSCRIBE\r", { version: "1.2" })).toEqual([]);
    expect(decodeAnyhow("\n\nCONN", {})).toEqual([]);
  });
});

describe("the receipt of a frame that is refused", () => {
  function receiptOf(input: string): string | undefined {
    const decoder = new Decoder(stompLimits);
    decoder.speak("1.2");
    decoder.push(octets(input));
    expect(() => {
      while (decoder.next() !== undefined);
    }).toThrow(Fault);
    return decoder.receipt;
  }

  test("C-152 is known as far as it was read", () => {
    expect(receiptOf("SHOUT\nreceipt:r\\c1\n\n^")).toBe("r:1");
    expect(receiptOf("SEND\nreceipt:r1\ncontent-length:99999\n\n")).toBe("r1");
    expect(receiptOf("SEND\nreceipt:r1\nbroken\n\n^")).toBe("r1");
    expect(receiptOf("SEND\n\n^^")).toBeUndefined();
  });
});

test("B-25 takes names of Object.prototype as plain data", () => {
  const decoder = new Decoder(stompLimits);
  decoder.push(octets("SEND\n__proto__:polluted\nconstructor:x\nhasOwnProperty:y\n\n^"));
  const headers = decoder.next()?.headers;
  expect([...(headers ?? [])]).toEqual([
    ["__proto__", "polluted"],
    ["constructor", "x"],
    ["hasOwnProperty", "y"],
  ]);
  expect(headers?.get("toString")).toBeUndefined();
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("C-033 a body that was given out does not change when more comes in", () => {
  const decoder = new Decoder(stompLimits);
  const bodies: (Buffer | undefined)[] = [];
  for (const octet of octets("SEND\n\nfirst^SEND\n\nsecond^SEND\n\nthird^")) {
    decoder.push(Buffer.of(octet));
    const frame = decoder.next();
    if (frame !== undefined) bodies.push(frame.body);
  }
  expect(bodies.map(String)).toEqual(["first", "second", "third"]);
});
