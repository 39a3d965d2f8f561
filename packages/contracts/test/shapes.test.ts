import { describe, expect, test } from "vitest";
import { ChatMessageSend, errors, HistoryQuery, Refusal, Signup } from "@parley/contracts";

const uuid = "018F5C1E-0000-7000-8000-00000000000A";

describe("wire shapes", () => {
  test("ChatMessageSend needs no tempId and no sender, and puts a UUID into lower case (B-56)", () => {
    expect(ChatMessageSend.parse({ roomId: "r", content: "x" })).toEqual({ roomId: "r", content: "x" });
    expect(ChatMessageSend.parse({ roomId: "r", content: "x", tempId: uuid }).tempId).toBe(uuid.toLowerCase());
    expect(
      ChatMessageSend.safeParse({ roomId: "r", content: "x", tempId: "00000000-0000-0000-0000-000000000000" }).success,
    ).toBe(true);
  });

  test("ChatMessageSend ignores keys that it does not know (B-55)", () => {
    expect(ChatMessageSend.parse({ roomId: "r", content: "x", seq: 7, id: 1, deleted: true })).toEqual({
      roomId: "r",
      content: "x",
    });
  });

  test.each([
    { content: {} },
    { content: [] },
    { content: 1 },
    { content: null },
    { roomId: ["a"] },
    { roomId: { toString: "a" } },
    { roomId: 1 },
    { tempId: 1 },
    { tempId: "no" },
  ])("ChatMessageSend refuses %j (B-45)", (wrong) => {
    expect(ChatMessageSend.safeParse({ roomId: "r", content: "x", ...wrong }).success).toBe(false);
  });

  test.each([
    { limit: "0" },
    { limit: "-1" },
    { limit: "201" },
    { limit: "1e9" },
    { limit: "abc" },
    { limit: ["1", "2"] },
    { "limit[]": "1" },
    { before: "-1" },
    { before: "9223372036854775808" },
    { after: "1.5" },
    { before: "1", after: "2" },
    { after: "1;DROP" },
  ])("HistoryQuery refuses %j (B-77, B-78)", (query) => {
    expect(HistoryQuery.safeParse(query).success).toBe(false);
  });

  test("a password is bounded in octets and free of NUL (B-74)", () => {
    const account = { email: "a@example.org", nickname: "A" };
    expect(Signup.safeParse({ ...account, password: "long enough" }).success).toBe(true);
    expect(Signup.safeParse({ ...account, password: "x".repeat(1025) }).success).toBe(false);
    expect(Signup.safeParse({ ...account, password: "with\0 a NUL" }).success).toBe(false);
  });
});

describe("the error table", () => {
  test("uses only close codes that a server may send", () => {
    for (const { close } of Object.values(errors)) expect([1002, 1008, 1009, 1011, 1012, 1013]).toContain(close);
  });

  test("what is no refusal becomes INTERNAL with the cause kept for the log", () => {
    const fault = new TypeError("private");
    const refusal = Refusal.from(fault);
    expect(refusal.code).toBe("INTERNAL");
    expect(refusal.cause).toBe(fault);
    expect(refusal.entry.text).not.toContain("private");
  });
});
