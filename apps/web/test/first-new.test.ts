import type { RoomMessage } from "@parley/client";
import { expect, it } from "vitest";
import { findFirstNew } from "../src/first-new.ts";

function stored(seq: number, isMine = false): RoomMessage {
  const key = `${seq}`;
  const message = { key, id: key, tempId: key, sender: "a", senderName: "a", content: "", seq, isMine, shownAt: 0 };
  return { ...message, createdAt: "2026-11-20T12:00:00Z", editedAt: null, state: "stored" };
}

it("stands before the first message of others after the last one that was read", () => {
  expect(findFirstNew([stored(4), stored(5), stored(6, true), stored(7), stored(8)], 5)).toBe("7");
});

it("stands nowhere when all is read, nothing was ever read, or the end of reading is further back", () => {
  const messages = [stored(4), stored(5)];
  expect([5, 0, 3].map((readSeq) => findFirstNew(messages, readSeq))).toEqual([undefined, undefined, undefined]);
});
