// The last frames and swaps of a chat, for the panel "under the hood". It keeps them also while the panel is closed, so
// that opening it shows what just happened.
import { createSubject, type Chat, type FrameTrace, type Observable, type SwapTrace } from "@parley/client";

interface Numbered<T> {
  readonly number: number;
  readonly event: T;
}

export interface TraceState {
  /** Newest first. */
  readonly frames: readonly Numbered<FrameTrace>[];
  readonly swaps: readonly Numbered<SwapTrace>[];
}

export type TraceLog = Observable<TraceState>;

const framesMax = 150;
const swapsMax = 50;

export function createTraceLog(chat: Pick<Chat, "onTrace">): TraceLog {
  const log = createSubject<TraceState>({ frames: [], swaps: [] });
  let count = 0;
  chat.onTrace((event) => {
    const number = ++count;
    const { frames, swaps } = log.get();
    log.set(
      event.kind === "frame"
        ? { swaps, frames: [{ number, event }, ...frames].slice(0, framesMax) }
        : { frames, swaps: [{ number, event }, ...swaps].slice(0, swapsMax) },
    );
  });
  return log;
}
