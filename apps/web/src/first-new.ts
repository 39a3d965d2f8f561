// Where "New" stands in a room that is opened. Pure.
import type { RoomMessage } from "@parley/client";

/**
 * The key of the first message of others after `readSeq`. None in a room that was never read, or when the place where
 * reading ended is not loaded.
 */
export function findFirstNew(messages: readonly RoomMessage[], readSeq: number): string | undefined {
  const isEndOfReadingThere = messages.some(({ seq }) => seq !== null && seq <= readSeq);
  if (!isEndOfReadingThere) return undefined;
  return messages.find(({ seq, isMine }) => seq !== null && seq > readSeq && !isMine)?.key;
}
