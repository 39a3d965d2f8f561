import { Refusal } from "@parley/contracts";
import { expect, test } from "vitest";
import { encodeError, encodeFrame, encodeReceipt } from "../src/encode.ts";

test("C-001 C-024 C-133 counts the octets of a body", () => {
  const frame = "MESSAGE\na:b\ncontent-length:6\n\n한\0é\0";
  expect(encodeFrame("MESSAGE", [["a", "b"]], "한\0é", "1.2").toString()).toBe(frame);
  expect(encodeFrame("MESSAGE", [["a", "b"]], Buffer.from("한\0é"), "1.2").toString()).toBe(frame);
});

test("sends no content-length without a body", () => {
  expect(encodeFrame("CONNECTED", [["version", "1.2"]], "", "1.0").toString()).toBe("CONNECTED\nversion:1.2\n\n\0");
});

test("C-012 C-140 escapes names and values", () => {
  expect(encodeFrame("MESSAGE", [["ä:\n", "b\\\r"]], "", "1.2").toString()).toBe("MESSAGE\nä\\c\\n:b\\\\\\r\n\n\0");
  expect(encodeReceipt("a:b\n", "1.2").toString()).toBe("RECEIPT\nreceipt-id:a\\cb\\n\n\n\0");
  expect(encodeReceipt("a:b", "1.0").toString()).toBe("RECEIPT\nreceipt-id:a:b\n\n\0");
});

test("C-151 C-152 C-153 C-154 an ERROR says what the table says, and nothing private", () => {
  const refusal = new Refusal("FORBIDDEN", "SELECT secret");
  expect(encodeError(refusal, "r\n1", { seq: "7" }, "1.2").toString()).toBe(
    "ERROR\nmessage:This is not allowed.\ncode:FORBIDDEN\nreceipt-id:r\\n1\nseq:7\ncontent-type:text/plain\n" +
      "content-length:20\n\nThis is not allowed.\0",
  );
});

test("an ERROR says when to come back, if that is known", () => {
  const refusal = new Refusal("RATE_LIMITED", "connects", { retryAfterMs: 1500 });
  expect(encodeError(refusal, undefined, {}, "1.2").toString()).toContain("\nretry-after-ms:1500\n");
});
