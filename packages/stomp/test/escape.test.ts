import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeName, escapeValue, unescapeHeader } from "../src/escape.ts";

test("C-007 to C-010 decodes once, from left to right", () => {
  expect(unescapeHeader(String.raw`\\n\n\c\r\\\\`, "1.2")).toBe("\\n\n:\r\\\\");
});

test("C-012 applies the reverse escapes of each version", () => {
  expect(escapeValue("\r\n:\\", "1.2")).toBe(String.raw`\r\n\c\\`);
  expect(escapeValue("\r\n:\\", "1.1")).toBe(`\r${String.raw`\n\c\\`}`);
  expect(escapeValue("\r:\\", "1.0")).toBe("\r:\\");
});

test("C-154 lets nothing end a line, a name or a frame early where the version has no escape for it", () => {
  expect(escapeValue("a\nb\0c", "1.0")).toBe("a b c");
  expect(escapeName("a\nb:c", "1.0")).toBe("a b c");
  expect(escapeValue("a\0b", "1.1")).toBe("a b");
  expect(escapeValue("a\0b", "1.2")).toBe("a b");
});

test.each(["1.1", "1.2"] as const)("what is escaped for %s means the same again", (version) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\\", "n", "c", "r", "\n", ":", "\r") }), (text) => {
      const escaped = escapeValue(text, version);
      expect(escaped).not.toMatch(version === "1.2" ? /[\r\n:]/ : /[\n:]/);
      expect(unescapeHeader(escaped, version)).toBe(text);
    }),
  );
});
