import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isRoomId, reservedRoomIds, RoomId } from "@parley/contracts";

describe("room ids (contracts §0, B-52)", () => {
  test.each(["a", "general", "A-Z_0.9", "CON", "__proto__", "constructor", "-", "x".repeat(128)])(
    "takes %j",
    (text) => {
      expect(isRoomId(text)).toBe(true);
    },
  );

  test.each([
    "",
    ".hidden",
    "../../etc/passwd",
    "..%2f",
    "a/b",
    "a b",
    "a%00b",
    "a:b",
    "*",
    "Ａ",
    "а",
    "x".repeat(129),
    "a\n",
  ])("refuses %j", (text) => {
    expect(isRoomId(text)).toBe(false);
  });

  test("refuses every word that would shadow a path", () => {
    for (const word of reservedRoomIds) expect(RoomId.safeParse(word).success).toBe(false);
  });

  test("never takes anything outside of the alphabet", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (isRoomId(text)) expect(text).toMatch(/^[A-Za-z0-9._-]+$/);
      }),
    );
  });
});
