import { expect, it } from "vitest";
import { subjectOf } from "../src/frame-subject.ts";

const message = (body: string) => ({ command: "MESSAGE", headers: { destination: "/topic/general" }, body });

it.each([
  ["preview", { seq: null, content: "hi", deleted: false }],
  ["confirmation", { seq: 4 }],
  ["message", { seq: 4, content: "hi" }],
  ["withdrawal", { seq: null, deleted: true }],
])("tells a %s by its fields", (event, payload) => {
  expect(subjectOf(message(JSON.stringify(payload)))).toEqual({ place: "/topic/general", event });
});

it("names no event in what it does not know", () => {
  for (const body of ["", "{", "null", "[]", '{"code":"TOO_LONG"}', '"text"'])
    expect(subjectOf(message(body))).toEqual({ place: "/topic/general" });
  expect(subjectOf({ command: "SEND", headers: { destination: "/app/chat" }, body: '{"seq":1}' })).toEqual({
    place: "/app/chat",
  });
  expect(subjectOf({ command: "RECEIPT", headers: { "receipt-id": "r1" }, body: "" })).toEqual({ place: "r1" });
});
