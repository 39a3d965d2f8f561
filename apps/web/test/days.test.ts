import type { RoomMessage } from "@parley/client";
import { expect, it } from "vitest";
import { groupByDay } from "../src/days.ts";

const minute = 60_000;
const noon = new Date(2026, 10, 20, 12).getTime();

function said(sender: string, at: number, state: RoomMessage["state"] = "stored"): RoomMessage {
  const createdAt = state === "stored" ? new Date(at).toISOString() : null;
  const tempId = `${sender}-${at}`;
  const message = { key: tempId, id: tempId, tempId, sender, senderName: sender, content: "", seq: null };
  return { ...message, createdAt, editedAt: null, state, isMine: false, shownAt: at };
}

const shape = (messages: RoomMessage[]) =>
  groupByDay(messages).map(({ key, entries }) => [
    key,
    entries.map(({ isFirstOfRun, isLastOfRun }) => `${isFirstOfRun ? "[" : "-"}${isLastOfRun ? "]" : "-"}`).join(" "),
  ]);

it("runs messages of one person together, until somebody else speaks or five minutes pass", () => {
  const messages = [
    said("a", noon),
    said("a", noon + minute),
    said("b", noon + 2 * minute),
    said("a", noon + 3 * minute),
    said("a", noon + 9 * minute),
  ];
  expect(shape(messages)).toEqual([["2026-11-20", "[- -] [] [] []"]]);
});

it("shows the time where a run ends and where the next message shows another", () => {
  const messages = [said("a", noon), said("a", noon + 1_000), said("a", noon + minute), said("b", noon + minute)];
  const shown = groupByDay(messages)[0]!.entries.map(({ isTimeShown }) => isTimeShown);
  expect(shown).toEqual([false, true, true, true]);
});

it("begins each day anew, by the reader's clock", () => {
  const midnight = new Date(2026, 10, 21).getTime();
  expect(shape([said("a", midnight - 1), said("a", midnight)])).toEqual([
    ["2026-11-20", "[]"],
    ["2026-11-21", "[]"],
  ]);
});

it("takes what is not stored yet by when it was shown", () => {
  expect(shape([said("a", noon), said("a", noon + minute, "pending")])).toEqual([["2026-11-20", "[- -]"]]);
});
