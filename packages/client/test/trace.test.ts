import { expect, it } from "vitest";
import { parseTrace } from "../src/trace.ts";

it("shows command, headers and body of each frame", () => {
  const raw = 'MESSAGE\nsubscription:r1\ndestination:/topic/a:b\n\n{"a":"\n\n"}\0\nRECEIPT\nreceipt-id:r2\n\n\0';
  expect(parseTrace(raw, "in", 7)).toEqual([
    {
      kind: "frame",
      at: 7,
      direction: "in",
      command: "MESSAGE",
      headers: { subscription: "r1", destination: "/topic/a:b" },
      body: '{"a":"\n\n"}',
    },
    { kind: "frame", at: 7, direction: "in", command: "RECEIPT", headers: { "receipt-id": "r2" }, body: "" },
  ]);
});

it("never shows a token", () => {
  const raw = "CONNECT\nAuthorization:Bearer secret-1\npasscode:secret-2\n\n\0";
  const renewal = 'SEND\ndestination:/app/auth\nreceipt:r1\n\n{"token":"secret-3"}\0';
  for (const sent of [raw, renewal]) expect(JSON.stringify(parseTrace(sent, "out", 0))).not.toContain("secret");
});

it("shows a heart-beat as a frame without a command", () => {
  expect(parseTrace("\n", "in", 0)).toMatchObject([{ command: "", body: "" }]);
  expect(parseTrace("", "out", 0)).toMatchObject([{ command: "", body: "" }]);
});
