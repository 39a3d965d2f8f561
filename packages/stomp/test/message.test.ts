import { expect, test } from "vitest";
import { encodeMessage, encodeMessageRest, joinMessage } from "../src/message.ts";

const message = { messageId: "m1", destination: "/topic/x", contentType: "application/json", body: '{"a":"한"}' };

test("C-130 C-133 a MESSAGE has destination, message-id, subscription and what its body needs", () => {
  expect(encodeMessage({ ...message, headerLine: "subscription:s1\n" }).toString()).toBe(
    "MESSAGE\nsubscription:s1\nmessage-id:m1\ndestination:/topic/x\ncontent-type:application/json\n" +
      'content-length:11\n\n{"a":"한"}\0',
  );
});

test.each(["", "subscription:ä\n"])(
  "its parts make the same octets as the whole, with header line %j",
  (headerLine) => {
    for (const body of [message.body, Buffer.from(message.body), ""]) {
      const whole = encodeMessage({ ...message, body, headerLine });
      expect(joinMessage(headerLine, encodeMessageRest({ ...message, body }))).toEqual(whole);
    }
  },
);

test("C-025 C-026 names no content-type where the sender named none", () => {
  const { contentType: _, ...plain } = message;
  expect(encodeMessage({ ...plain, headerLine: "" }).toString()).not.toContain("content-type");
});
