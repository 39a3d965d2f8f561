import type { Chat, TraceEvent } from "@parley/client";
import { expect, it } from "vitest";
import { createTraceLog } from "../src/trace-log.ts";

it("keeps the last frames and swaps, the newest first", () => {
  let tell: (event: TraceEvent) => void = () => {};
  const chat: Pick<Chat, "onTrace"> = {
    onTrace(listener) {
      tell = listener;
      return () => {};
    },
  };
  const log = createTraceLog(chat);
  for (let at = 0; at < 1_000; at++) {
    tell({ kind: "frame", at, direction: "in", command: "MESSAGE", headers: {}, body: "" });
    tell({ kind: "swap", at, roomId: "r", tempId: `${at}`, id: "id", seq: at, afterMs: 1 });
  }
  const { frames, swaps } = log.get();
  expect([frames.length, frames[0]!.event.at, swaps.length, swaps[0]!.event.at]).toEqual([150, 999, 50, 999]);
  expect(new Set([...frames, ...swaps].map(({ number }) => number)).size).toBe(200);
});
