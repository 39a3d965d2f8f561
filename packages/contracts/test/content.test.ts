import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePoints, parseContent, Refusal, type ErrorCode } from "@parley/contracts";

function refusalOf(text: string): ErrorCode | undefined {
  try {
    parseContent(text);
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? error.code : undefined;
  }
}

describe("message content (contracts §0)", () => {
  test("removes control characters other than newline and tab", () => {
    expect(parseContent("a\0b\r\nc\td\x1b[31m\x7f\x85")).toBe("ab\nc\td[31m");
  });

  test.each(["", "   ", "\n\t", "\u200b\u200d\ufeff", "\0\x07", "\u3164", "\ufe0f", "\u2800"])(
    "refuses what shows nothing: %j (B-47)",
    (text) => {
      expect(refusalOf(text)).toBe("INVALID");
    },
  );

  test("refuses a lone surrogate (B-50)", () => {
    expect(refusalOf("a\ud800b")).toBe("INVALID");
  });

  test.each([
    "\ufffe",
    "\u202eRTL",
    "\u0301".repeat(500),
    "<script>",
    "</textarea>",
    "javascript:",
    "=cmd()",
    "'; DROP TABLE message;--",
    "%_\\",
  ])("keeps %j as it is (B-50, B-51)", (text) => {
    expect(parseContent(text)).toBe(text);
  });

  test("counts code points: 4,000 emoji pass, 4,001 letters do not (B-48)", () => {
    expect(refusalOf("x".repeat(4000))).toBeUndefined();
    expect(refusalOf("x".repeat(4001))).toBe("TOO_LONG");
    expect(refusalOf("😀".repeat(4000))).toBeUndefined();
    expect(refusalOf("😀".repeat(4001))).toBe("TOO_LONG");
  });

  test("gives the same again when given its own answer", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        if (refusalOf(text) !== undefined) return;
        const content = parseContent(text);
        expect(parseContent(content)).toBe(content);
        expect(codePoints(content)).toBe(Array.from(content).length);
      }),
    );
  });
});
